# shellcheck shell=bash
# What the account that a service runs as may do.

# Rows: run queries, publish to its topic, read the channels of the alerts, and of the coordinator, whose doctor looks,
# see what topics and subscriptions there are.
rights_rows() { # SERVICE
  local member secret
  member=$(service_account "$1")
  printf 'projects|%s|roles/bigquery.jobUser|%s\n' "$PROJECT_ID" "$member"
  own_topic_rows "$1"
  if [[ $1 == "$COORDINATOR_SERVICE" ]]; then printf 'projects|%s|roles/pubsub.viewer|%s\n' "$PROJECT_ID" "$member"; fi
  for secret in $(alert_secrets "$1" | cut -d'|' -f2 | sort -u); do
    printf 'secrets|%s|roles/secretmanager.secretAccessor|%s\n' "$secret" "$member"
  done
}

ensure_rights() { # SERVICE
  local row service role dataset
  ensure_bindings "$(rights_rows "$1")"
  for row in "${DATASET_GRANTS[@]}"; do
    IFS='|' read -r service role dataset <<<"$row"
    if [[ $service == "$1" ]]; then ensure_dataset_grant "$dataset" "$role" "$(account_email "$1")"; fi
  done
}

# `bq show` still calls the two roles by their old names.
dataset_role_is_there() { # DATASET_JSON ROLE EMAIL
  local old=READER
  if [[ $2 == dataEditor ]]; then old=WRITER; fi
  [[ -n $(fields "$1" "access[role=$old,userByEmail=$3]" "access[role=roles/bigquery.$2,userByEmail=$3]") ]]
}

ensure_dataset_grant() { # DATASET ROLE EMAIL
  if ! ((DRY_RUN)); then
    require_found "the dataset $1 does not exist; run bin/bigquery/apply_schemas.sh first" \
      bq --headless "--project_id=$PROJECT_ID" show "$PROJECT_ID:$1"
    if dataset_role_is_there "$FOUND" "$2" "$3"; then return; fi
  fi
  run_query "GRANT \`roles/bigquery.$2\` ON SCHEMA \`$PROJECT_ID.$1\` TO 'serviceAccount:$3'"
}

run_query() { # SQL
  run_settled bq --headless --quiet "--project_id=$PROJECT_ID" "--location=$BIGQUERY_LOCATION" \
    query --use_legacy_sql=false --format=none "$1"
}

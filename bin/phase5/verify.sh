#!/usr/bin/env bash
# Verifies a deployment: exactly the topics, subscriptions, jobs, rights and services that were declared, and that they
# answer. Names every difference, and exits 1 if there is one. Changes nothing.
#
# Usage: verify.sh [COORDINATOR_URL [WORKER_URL]] [--project=PROJECT_ID]
#
# A URL that is not given is read from the deployed service. The calls are made as the operator's service account, so
# you need the right to impersonate it (roles/iam.serviceAccountTokenCreator on it).
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../lib/all.sh" || exit 1
source "$BIN/lib/verifying.sh"

verify_topics() {
  for_each_topic verify
  require_found "no topics" gcloud pubsub topics list "--project=$PROJECT_ID"
  verify_only "the topic" "$(fields "$FOUND" name)" "$TOPIC_PREFIXES" "${TOPICS[@]%%|*}"
}

verify_subscription() { # NAME, declared
  expect state ACTIVE
  expect filter ''
  verify "pubsub subscriptions" "$1"
}

# A second subscription of a topic would take every message once more.
verify_no_other_subscriptions() {
  local row name topic
  for row in "${SUBSCRIPTIONS[@]}"; do
    IFS='|' read -r name topic _ <<<"$row"
    require_found "no subscriptions" gcloud pubsub subscriptions list "--project=$PROJECT_ID" \
      "--filter=topic=projects/$PROJECT_ID/topics/$topic"
    verify_only "the subscription of $topic," "$(fields "$FOUND" name)" '' "$name"
  done
}

verify_job() { # NAME, declared
  expect state ENABLED
  verify "scheduler jobs" "$1"
}

verify_no_other_jobs() {
  require_found "no jobs" gcloud scheduler jobs list "--project=$PROJECT_ID" "--location=$REGION"
  verify_only "the job" "$(fields "$FOUND" name)" "$JOB_PREFIX-" "${JOBS[@]%%|*}"
}

# A service answers whom it should, and the platform refuses whoever brings no token.
verify_answers() { # SERVICE URL [PATH ANSWERS]...
  local token url=$2
  verify_answer "$2/ready" '401|403' ''
  token=$(gcloud auth print-identity-token "--audiences=$(audience "$1")" --include-email \
    "--impersonate-service-account=$(account_email "$OPERATOR_ACCOUNT")" 2>/dev/null) || token=''
  if [[ -z $token ]]; then
    fault "no token for $1: you need roles/iam.serviceAccountTokenCreator on $(account_email "$OPERATOR_ACCOUNT")"
    return
  fi
  shift 2
  while (($#)); do
    verify_answer "$url$1" "$2" "$token"
    shift 2
  done
}

# The console answers nobody whom the proxy has not let in, and the proxy lets in nobody else.
verify_console() {
  look_up_url CONSOLE_ADDRESS "$CONSOLE_SERVICE"
  verify_service "$CONSOLE_SERVICE"
  verify_bindings "$(viewer_rows)" exactly
  verify_answer "$CONSOLE_ADDRESS/console" '302|401|403' ''
}

parse_options "$@"
expect_arguments 0 2 ''
((!DRY_RUN)) || usage_error "this changes nothing, so --dry-run has nothing to show"
load_settings
require_commands gcloud bq curl python3
set_urls
look_up_url PRECOMPUTE_URL "$PRECOMPUTE_SERVICE"
look_up_project_number

"$BIN/bigquery/apply_schemas.sh" --check "--project=$PROJECT_ID" || fault "the store does not fit the code"
"$BIN/monitoring/apply.sh" --check "--project=$PROJECT_ID" || fault "the monitoring is not as declared"
verify_topics
for_each_subscription verify_subscription
verify_no_other_subscriptions
for_each_job verify_job
verify_no_other_jobs
verify_bindings "$(publisher_rows)" exactly
verify_bindings "$(subscriber_rows)"
verify_bindings "$(token_rows)"
for service in "$COORDINATOR_SERVICE" "$WORKER_SERVICE" "$PRECOMPUTE_SERVICE"; do verify_service "$service"; done
if has_console; then verify_console; fi
verify_answers "$COORDINATOR_SERVICE" "$COORDINATOR_URL" /ready 200 /status 200 /plan '200|503'
verify_answers "$WORKER_SERVICE" "$WORKER_URL" /ready 200
verify_answers "$PRECOMPUTE_SERVICE" "$PRECOMPUTE_URL" /ready 200
((FAULTS == 0)) || die "$FAULTS differences in $PROJECT_ID"
say "Phase 5 in $PROJECT_ID is as it was declared, and answers"

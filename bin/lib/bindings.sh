# shellcheck shell=bash
# Who may do what, as rows `group|name|role|member`: one list for granting and for verifying.

service_account() { printf 'serviceAccount:%s' "$(account_email "$1")"; }

# Pub/Sub's own account in this project: it signs the tokens of pushes and moves the dead letters.
pubsub_agent() { printf 'serviceAccount:service-%s@gcp-sa-pubsub.iam.gserviceaccount.com' "$PROJECT_NUMBER"; }

look_up_project_number() {
  if [[ -z ${PROJECT_NUMBER:-} ]]; then look_up PROJECT_NUMBER projectNumber gcloud projects describe "$PROJECT_ID"; fi
}

# Rows: who may call a service.
invoker_rows() { # SERVICE
  local caller
  if is_console "$1"; then printf 'run services|%s|roles/run.invoker|%s\n' "$1" "$(iap_agent)"; fi
  for caller in $(callers_of "$1"); do
    printf 'run services|%s|roles/run.invoker|%s\n' "$1" "$(service_account "$caller")"
  done
}

# Rows: a service publishes to its own topic alone.
own_topic_rows() { # SERVICE
  local row service topic
  for row in "${SERVICES[@]}"; do
    IFS='|' read -r service _ topic _ <<<"$row"
    if [[ $service == "$1" ]]; then
      printf 'pubsub topics|%s|roles/pubsub.publisher|%s\n' "$topic" "$(service_account "$service")"
    fi
  done
}

# Rows: the coordinator replays dead letters to the topics that they came from.
replay_topic_rows() {
  local row topic deliveries
  for row in "${SUBSCRIPTIONS[@]}"; do
    IFS='|' read -r _ topic _ _ deliveries <<<"$row"
    if [[ -n $deliveries && $topic != "$REQUEST_TOPIC" ]]; then
      printf 'pubsub topics|%s|roles/pubsub.publisher|%s\n' "$topic" "$(service_account "$COORDINATOR_SERVICE")"
    fi
  done
}

# Rows: the services, and Pub/Sub for the dead letters.
publisher_rows() {
  replay_topic_rows
  own_topic_rows "$COORDINATOR_SERVICE"
  own_topic_rows "$WORKER_SERVICE"
  own_topic_rows "$PRECOMPUTE_SERVICE"
  printf 'pubsub topics|%s|roles/pubsub.publisher|%s\n' "$DEAD_LETTER_TOPIC" "$(pubsub_agent)"
}

# Rows: Pub/Sub acknowledges what it moves to the dead letters; where PUSHES_TO names services, of theirs alone.
subscriber_rows() {
  local row name service deliveries
  for row in "${SUBSCRIPTIONS[@]}"; do
    IFS='|' read -r name _ service _ deliveries <<<"$row"
    if [[ -n $deliveries ]] && is_chosen "$service"; then
      printf 'pubsub subscriptions|%s|roles/pubsub.subscriber|%s\n' "$name" "$(pubsub_agent)"
    fi
  done
}

# Rows: Pub/Sub may sign tokens as the account that it pushes with, and these people as the operator.
token_rows() {
  local member role=roles/iam.serviceAccountTokenCreator
  local -a people
  read -ra people <<<"$OPERATORS"
  printf 'iam service-accounts|%s|%s|%s\n' "$(account_email "$PUSH_ACCOUNT")" "$role" "$(pubsub_agent)"
  for member in "${people[@]}"; do
    printf 'iam service-accounts|%s|%s|%s\n' "$(account_email "$OPERATOR_ACCOUNT")" "$role" "$member"
  done
}

# Prints the members that have a role without a condition, as JSON.
members() { # POLICY ROLE
  fields "$1" "bindings[role=$2,condition=].members"
}

# Sets TARGET to the words by which the commands about policies know a thing.
set_target() { # GROUP NAME
  TARGET=("$2")
  if [[ $1 == 'beta iap web' ]]; then TARGET=(--resource-type=cloud-run "--service=$2"); fi
}

# Reads the policy of a thing into FOUND; false if the thing does not exist. Rows of one thing share a reading, and what
# is granted in between is only added to it.
read_policy() { # GROUP NAME
  local -a group
  read -ra group <<<"$1"
  set_scope "$1"
  set_target "$1" "$2"
  if [[ $1 == projects ]]; then SCOPE=(); fi
  if [[ ${POLICY_OF:-} == "$1|$2" ]]; then FOUND=$POLICY && return; fi
  exists gcloud "${group[@]}" get-iam-policy "${TARGET[@]}" "${SCOPE[@]}" || return
  POLICY_OF="$1|$2" POLICY=$FOUND
}

ensure_binding() { # GROUP NAME ROLE MEMBER
  local -a group no_condition=(--condition=None)
  read -ra group <<<"$1"
  if [[ $1 == pubsub* ]]; then no_condition=(); fi # they have none
  if ! read_policy "$1" "$2"; then
    ((DRY_RUN)) || die "$2 does not exist, so nobody can be given rights on it"
  elif [[ $(members "$FOUND" "$3") == *"\"$4\""* ]]; then
    return
  fi
  run_settled gcloud "${group[@]}" add-iam-policy-binding "${TARGET[@]}" "${SCOPE[@]}" \
    "--role=$3" "--member=$4" "${no_condition[@]}"
}

ensure_bindings() { # ROWS
  local row group name role member
  local -a rows
  mapfile -t rows <<<"$1"
  for row in "${rows[@]}"; do
    IFS='|' read -r group name role member <<<"$row"
    ensure_binding "$group" "$name" "$role" "$member"
  done
}

#!/usr/bin/env bash
# Starts Phase 5 again after pause.sh: subscriptions push what they have kept, with their identity, and the jobs run.
#
# Usage: resume.sh [COORDINATOR_URL [WORKER_URL]] [--dry-run] [--project=PROJECT_ID]
#
# A URL that is not given is read from the deployed service.
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../lib/all.sh" || exit 1

resume_subscription() { # NAME, declared
  if ! ((DRY_RUN)); then
    require_found "the subscription $1 does not exist; run bin/phase5/deploy_pubsub_infrastructure.sh" \
      gcloud pubsub subscriptions describe "$1" "--project=$PROJECT_ID"
    if ! grep -q '^pushConfig' <<<"$(differences "$FOUND")"; then return; fi
  fi
  run_settled gcloud pubsub subscriptions modify-push-config "$1" "--project=$PROJECT_ID" "${PUSH[@]}"
}

# Sets PUSH to the flags of the declaration that say where and as whom to push: given alone, the endpoint would erase them.
with_push_flags() { # ACTION... NAME
  local flag
  PUSH=()
  for flag in "${CREATE[@]}"; do
    if [[ $flag == --push-* ]]; then PUSH+=("$flag"); fi
  done
  "$@"
}

resume_job() { # NAME
  if ! ((DRY_RUN)); then
    require_found "the job $1 does not exist; run bin/phase5/deploy_pubsub_infrastructure.sh" \
      gcloud scheduler jobs describe "$1" "--project=$PROJECT_ID" "--location=$REGION"
    if [[ $(fields "$FOUND" state) != PAUSED ]]; then return; fi
  fi
  run gcloud scheduler jobs resume "$1" "--project=$PROJECT_ID" "--location=$REGION"
}

parse_options "$@"
expect_arguments 0 2 ''
load_settings
require_commands gcloud python3
set_urls
look_up_url PRECOMPUTE_URL "$PRECOMPUTE_SERVICE"

for_each_subscription with_push_flags resume_subscription
for row in "${JOBS[@]}"; do resume_job "${row%%|*}"; done
say_done "Phase 5 runs again in $PROJECT_ID; bin/phase5/verify.sh checks it"

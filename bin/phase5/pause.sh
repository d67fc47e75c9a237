#!/usr/bin/env bash
# Stops Phase 5 without losing anything: jobs are paused, and subscriptions keep their messages without pushing them.
#
# Usage: pause.sh --yes [--dry-run] [--project=PROJECT_ID]
#
# Deleting a subscription would drop its backlog. Messages are kept for 7 days; resume.sh starts everything again.
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../lib/all.sh" || exit 1

pause_job() { # NAME
  if ! ((DRY_RUN)); then
    require_found "the job $1 does not exist" \
      gcloud scheduler jobs describe "$1" "--project=$PROJECT_ID" "--location=$REGION"
    if [[ $(fields "$FOUND" state) == PAUSED ]]; then return; fi
  fi
  run gcloud scheduler jobs pause "$1" "--project=$PROJECT_ID" "--location=$REGION"
}

pause_subscription() { # NAME
  if ! ((DRY_RUN)); then
    require_found "the subscription $1 does not exist" \
      gcloud pubsub subscriptions describe "$1" "--project=$PROJECT_ID"
    if [[ -z $(fields "$FOUND" pushConfig.pushEndpoint) ]]; then return; fi
  fi
  run gcloud pubsub subscriptions modify-push-config "$1" "--project=$PROJECT_ID" --push-endpoint=
}

parse_options "$@"
expect_arguments 0 0 ''
require_yes "this stops Phase 5: no forecasts until it is resumed"
load_settings
require_commands gcloud python3

for row in "${JOBS[@]}"; do pause_job "${row%%|*}"; done
for row in "${SUBSCRIPTIONS[@]}"; do pause_subscription "${row%%|*}"; done
say_done "Phase 5 is paused in $PROJECT_ID; bin/phase5/resume.sh starts it again"

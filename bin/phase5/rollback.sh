#!/usr/bin/env bash
# Sends all traffic of a service back to the revision that was ready before the one that serves now.
#
# Usage: rollback.sh SERVICE [REVISION] --yes [--dry-run] [--project=PROJECT_ID]
#
# SERVICE is prediction-coordinator, prediction-console, prediction-worker or precompute-processors. A dry run calls nothing, so it needs the
# REVISION. The next deployment takes the traffic back. Schema changes only ever add, so an older revision still works.
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../lib/all.sh" || exit 1

# Sets PREVIOUS to the newest ready revision that is older than the one that serves.
find_previous() { # SERVICE
  local serving is_older=0 i
  local -a revision
  require_found "the service $1 does not exist" \
    gcloud run services describe "$1" "--project=$PROJECT_ID" "--region=$REGION"
  serving=$(fields "$FOUND" 'status.traffic[percent=100].revisionName')
  [[ -n $serving ]] || die "no single revision of $1 serves all traffic; name the REVISION"
  require_found "the service $1 has no revisions" gcloud run revisions list "--service=$1" \
    "--project=$PROJECT_ID" "--region=$REGION" --sort-by=~metadata.creationTimestamp --limit=50
  for ((i = 0; ; i++)); do
    revision=$(fields "$FOUND" "[$i].metadata.name" "[$i].status.conditions[type=Ready].status")
    mapfile -t revision <<<"$revision"
    [[ -n ${revision[0]} ]] || break
    if ((is_older)) && [[ ${revision[1]} == True ]]; then PREVIOUS=${revision[0]} && return; fi
    if [[ ${revision[0]} == "$serving" ]]; then is_older=1; fi
  done
  die "$1 has no ready revision before $serving, so there is nothing to go back to; bin/phase5/pause.sh stops the calls"
}

parse_options "$@"
expect_arguments 1 2 SERVICE
load_settings
[[ " $COORDINATOR_SERVICE $CONSOLE_SERVICE $WORKER_SERVICE $PRECOMPUTE_SERVICE " == *" ${ARGUMENTS[0]} "* ]] ||
  usage_error "there is no service ${ARGUMENTS[0]}"
PREVIOUS=${ARGUMENTS[1]:-}
if ((DRY_RUN)) && [[ -z $PREVIOUS ]]; then usage_error "a dry run calls nothing, so it needs the REVISION"; fi
require_yes "this sends the traffic of ${ARGUMENTS[0]} to an older revision"
require_commands gcloud python3
[[ -n $PREVIOUS ]] || find_previous "${ARGUMENTS[0]}"
run gcloud run services update-traffic "${ARGUMENTS[0]}" "--project=$PROJECT_ID" "--region=$REGION" \
  "--to-revisions=$PREVIOUS=100"
say_done "${ARGUMENTS[0]} is served by $PREVIOUS"

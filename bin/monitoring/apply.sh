#!/usr/bin/env bash
# Makes the log-based metrics, the alert policies and the dashboard of this folder, and brings back what has drifted.
#
# Usage: apply.sh [--check] [--dry-run] [--project=PROJECT_ID]
#
# Things are known by their names, so that a second run changes nothing; others are left alone. --check changes nothing
# and exits 1 if something differs. MONITORING_CHANNELS names the notification channels that the policies tell, separated
# by blanks: projects/PROJECT/notificationChannels/NUMBER. Without any, incidents are only shown.
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../lib/all.sh" || exit 1

# Reads what is there into the folder LISTED.
read_listed() {
  list metrics logging metrics list
  list policies alpha monitoring policies list
  list dashboards monitoring dashboards list
}

list() { # KIND COMMAND...
  if exists gcloud "${@:2}" "--project=$PROJECT_ID"; then printf '%s' "${FOUND:-[]}" >"$LISTED/$1.json"; fi
}

# Reads into ROWS what is to be made or changed.
plan_changes() {
  local plan=$LISTED/plan code=0
  "$PYTHON" "$BIN/monitoring/plan.py" "$LISTED" "${CHANNELS[@]}" >"$plan" 2>"$LISTED/differences" || code=$?
  ((DRY_RUN)) || cat "$LISTED/differences" >&2
  ((code == 0)) || die "nothing was changed: what is there could not be compared with bin/monitoring"
  mapfile -t ROWS <"$plan"
}

# A policy is replaced whole: without channels it tells nobody any more.
change() { # KIND VERB NAME FILE
  local -a thing=("$2" ${3:+"$3"} "--project=$PROJECT_ID") told=()
  if ((${#CHANNELS[@]})); then told=("$(tell_flag "$2")=$(IFS=,; printf '%s' "${CHANNELS[*]}")"); fi
  case $1 in
    metric) run_settled gcloud logging metrics "${thing[@]}" "--config-from-file=$4" ;;
    policy) run_settled gcloud alpha monitoring policies "${thing[@]}" "--policy-from-file=$4" "${told[@]}" ;;
    dashboard) run_settled gcloud monitoring dashboards "${thing[@]}" "--config-from-file=$4" ;;
  esac
}

tell_flag() { # VERB
  if [[ $1 == update ]]; then printf '%s' --set-notification-channels; else printf '%s' --notification-channels; fi
}

EXTRA_OPTION=--check parse_options "$@"
expect_arguments 0 0 ''
((IS_EXTRA + DRY_RUN < 2)) || usage_error "--check changes nothing, so --dry-run has nothing to show"
load_settings
require_commands gcloud "$PYTHON"
read -ra CHANNELS <<<"$MONITORING_CHANNELS"
LISTED=$(mktemp -d)
trap 'rm -rf "$LISTED"' EXIT
read_listed
plan_changes
if ((IS_EXTRA && ${#ROWS[@]})); then die "the monitoring differs; run bin/monitoring/apply.sh"; fi
for row in "${ROWS[@]}"; do
  IFS='|' read -r kind verb name file <<<"$row"
  change "$kind" "$verb" "$name" "$file"
done
say_done "the monitoring of $PROJECT_ID is as bin/monitoring has it"

#!/usr/bin/env bash
# Deploys everything, in order: schemas, topics and services, subscriptions, jobs, and last the publisher of the event
# that starts it all. Then verifies.
#
# Usage: deploy_all.sh [--dry-run] [--project=PROJECT_ID]
#
# Each step can be called alone, and again; what it needs of an earlier one and does not find, it says.
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/lib/all.sh" || exit 1

parse_options "$@"
expect_arguments 0 0 ''
load_settings
set_commit
export COMMIT # of the whole deployment
OPTIONS=("--project=$PROJECT_ID")
if ((DRY_RUN)); then OPTIONS+=(--dry-run); fi

deploy() {
  "$BIN/bigquery/apply_schemas.sh" "${OPTIONS[@]}"
  "$BIN/predictions/deploy/deploy_prediction_worker.sh" "${OPTIONS[@]}"
  "$BIN/predictions/deploy/deploy_prediction_coordinator.sh" "${OPTIONS[@]}"
  if has_console; then "$BIN/predictions/deploy/deploy_prediction_console.sh" "${OPTIONS[@]}"; fi
  look_up_url COORDINATOR_URL "$COORDINATOR_SERVICE"
  "$BIN/phase5/deploy_pubsub_infrastructure.sh" "$COORDINATOR_URL" "${OPTIONS[@]}"
  "$BIN/precompute/deploy/deploy_precompute_processors.sh" ml_feature_store "${OPTIONS[@]}"
  "$BIN/monitoring/apply.sh" "${OPTIONS[@]}"
  run "$BIN/phase5/verify.sh" "--project=$PROJECT_ID"
}

# Each step brings along what it needs, and finds what an earlier one has made; so a line counts once.
deploy | awk '!seen[$0]++ { print; fflush() }'

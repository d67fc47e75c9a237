#!/usr/bin/env bash
# Deploys the coordinator to Cloud Run: schema check, accounts and rights, image, service, traffic. Prints its URL.
#
# Usage: deploy_prediction_coordinator.sh [--dry-run] [--project=PROJECT_ID]
#
# The commit that is checked out is deployed, or the one that COMMIT names. Nothing is left from an earlier deployment:
# image, identity, limits, probes and the whole environment are declared each time.
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../lib/all.sh" || exit 1

parse_options "$@"
expect_arguments 0 0 ''
load_settings
require_commands gcloud bq python3 git
deploy_service "$COORDINATOR_SERVICE" COORDINATOR_URL

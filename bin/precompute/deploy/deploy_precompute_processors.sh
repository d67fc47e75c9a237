#!/usr/bin/env bash
# Deploys Phase 4's processors to Cloud Run: schema check, accounts and rights, image, service, traffic, and the
# subscription that brings it the news. Prints the URL.
#
# Usage: deploy_precompute_processors.sh PROCESSOR [--dry-run] [--project=PROJECT_ID]
#
# PROCESSOR is ml_feature_store, the one that there is. The commit that is checked out is deployed, or the one that COMMIT
# names. Nothing is left from an earlier deployment: everything is declared each time.
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../lib/all.sh" || exit 1

parse_options "$@"
expect_arguments 1 1 PROCESSOR
[[ ${ARGUMENTS[0]} == ml_feature_store ]] || usage_error "there is no processor ${ARGUMENTS[0]}"
load_settings
require_commands gcloud bq python3 git
deploy_service "$PRECOMPUTE_SERVICE" PRECOMPUTE_URL
look_up_project_number
ensure_topics "$REFRESH_TOPIC"
ensure_topics "$DEAD_LETTER_TOPIC"
ensure_subscriptions "$PRECOMPUTE_SERVICE"

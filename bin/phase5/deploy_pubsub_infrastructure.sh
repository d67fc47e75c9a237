#!/usr/bin/env bash
# Creates or updates what carries Phase 5: service accounts, topics, push subscriptions, scheduler jobs and rights.
#
# Usage: deploy_pubsub_infrastructure.sh COORDINATOR_URL [WORKER_URL] [--dry-run] [--project=PROJECT_ID]
#
# COORDINATOR_URL and WORKER_URL are those of the deployed services; the worker's is read from its service if not given.
# Phase 4's subscription comes with its service, which is deployed last: bin/precompute/deploy.
# A second run changes nothing; --dry-run calls nothing and prints what would run in an empty project.
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../lib/all.sh" || exit 1

parse_options "$@"
expect_arguments 1 2 COORDINATOR_URL
load_settings
require_commands gcloud python3
set_urls

ensure_callers
ensure_identities
ensure_topics
look_up_project_number
ensure_bindings "$(token_rows)"
ensure_bindings "$(publisher_rows)"
ensure_bindings "$(invoker_rows "$COORDINATOR_SERVICE")"
ensure_bindings "$(invoker_rows "$WORKER_SERVICE")"
ensure_subscriptions "$COORDINATOR_SERVICE" "$WORKER_SERVICE"
# Phase 4 is deployed after this, with its subscription; where it is there already, that one runs again after a pause too.
if exists gcloud run services describe "$PRECOMPUTE_SERVICE" "--project=$PROJECT_ID" "--region=$REGION"; then
  look_up_url PRECOMPUTE_URL "$PRECOMPUTE_SERVICE"
  ensure_subscriptions "$PRECOMPUTE_SERVICE"
fi
ensure_jobs
say_done "Phase 5 is in place in $PROJECT_ID; bin/phase5/verify.sh checks it."

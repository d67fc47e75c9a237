#!/usr/bin/env bash
# Deploys the console to Cloud Run, behind Identity-Aware Proxy: the coordinator's image, account and rights in a service
# of its own, which nobody reaches but through the proxy. Prints its URL.
#
# Usage: deploy_prediction_console.sh [--dry-run] [--project=PROJECT_ID]
#
# CONSOLE_VIEWERS names whom the proxy lets in; those of them whose addresses are in CONSOLE_OPERATORS may act. The commit
# that is checked out is deployed, or the one that COMMIT names; everything is declared each time.
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../lib/all.sh" || exit 1

parse_options "$@"
expect_arguments 0 0 ''
load_settings
has_console || die "CONSOLE_VIEWERS is empty, so nobody could see the console; set it to members, as user:ann@example.com"
require_commands gcloud bq python3 git
deploy_service "$CONSOLE_SERVICE" CONSOLE_ADDRESS
ensure_bindings "$(viewer_rows)"

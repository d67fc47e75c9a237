# shellcheck shell=bash
# Where the services answer.

# Reads the URL of a deployed service into NAME.
look_up_url() { # NAME SERVICE
  look_up "$1" status.url gcloud run services describe "$2" "--project=$PROJECT_ID" "--region=$REGION"
}

# Sets COORDINATOR_URL and WORKER_URL from ARGUMENTS, and reads from the deployed services what is not given.
set_urls() {
  COORDINATOR_URL=${ARGUMENTS[0]:-} WORKER_URL=${ARGUMENTS[1]:-}
  if [[ -n $COORDINATOR_URL ]]; then require_service_url COORDINATOR_URL "$COORDINATOR_URL"; fi
  if [[ -n $WORKER_URL ]]; then require_service_url WORKER_URL "$WORKER_URL"; fi
  [[ -n $COORDINATOR_URL ]] || look_up_url COORDINATOR_URL "$COORDINATOR_SERVICE"
  [[ -n $WORKER_URL ]] || look_up_url WORKER_URL "$WORKER_SERVICE"
}

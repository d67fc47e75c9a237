# shellcheck shell=bash
# Scheduler jobs, as the table JOBS has them.

declare_job() { # SCHEDULE METHOD PATH DEADLINE_SECONDS RETRIES
  declare_nothing
  setting --schedule "$1" schedule
  setting --time-zone "$TIME_ZONE" timeZone
  setting --uri "$COORDINATOR_URL$3" httpTarget.uri
  setting --http-method "$2" httpTarget.httpMethod
  header Content-Type application/json
  if [[ $2 == POST ]]; then
    setting --message-body '{}' httpTarget.body "$(printf '{}' | base64)"
  fi
  setting --oidc-service-account-email "$(account_email "$SCHEDULER_ACCOUNT")" httpTarget.oidcToken.serviceAccountEmail
  setting --oidc-token-audience "$(audience "$COORDINATOR_SERVICE")" httpTarget.oidcToken.audience
  setting --attempt-deadline "$4s" attemptDeadline
  setting --max-retry-attempts "$5" retryConfig.retryCount "${5#0}" # none at all is not shown
  setting --min-backoff "${JOB_MIN_BACKOFF_SECONDS}s" retryConfig.minBackoffDuration
  setting --max-backoff "${JOB_MAX_BACKOFF_SECONDS}s" retryConfig.maxBackoffDuration
}

# Creating calls the flag --headers and updating calls it --update-headers.
header() { # NAME VALUE
  CREATE+=("--headers=$1=$2")
  UPDATE+=("--update-headers=$1=$2")
  expect "httpTarget.headers.$1" "$2"
}

# Calls ACTION with the name of each job, declared.
for_each_job() { # ACTION...
  local row name method path schedule deadline retries
  for row in "${JOBS[@]}"; do
    IFS='|' read -r name method path schedule deadline retries <<<"$row"
    declare_job "$schedule" "$method" "$path" "$deadline" "$retries"
    "$@" "$name"
  done
}

ensure_jobs() { for_each_job ensure_job; }

# A job that was paused runs again: no update does that.
ensure_job() { # NAME
  ensure "scheduler jobs" "$1" http
  if ((DRY_RUN)) || [[ $(fields "${FOUND:-}" state) != PAUSED ]]; then return; fi
  run_settled gcloud scheduler jobs resume "$1" "--project=$PROJECT_ID" "--location=$REGION"
}

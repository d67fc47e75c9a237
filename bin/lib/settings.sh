# shellcheck shell=bash
# shellcheck disable=SC2034  # read by the scripts that source this
# Every name, region, schedule and threshold. Each is an environment variable with this default; those that the services
# read too (PROJECT_ID, the topics, the thresholds, ...) have theirs in .env.example, the catalogue.

ALERT_SETTINGS=(ALERT_URLS ALERT_URLS_CRITICAL ALERT_URLS_WARNING) # each from the secret that NAME_SECRET names
LOCAL_SETTINGS=" BUILD DATA_DIR ${ALERT_SETTINGS[*]} BUS_THREADS BUS_ACK_DEADLINE_SECONDS BUS_MIN_BACKOFF_SECONDS
  BUS_MAX_BACKOFF_SECONDS TRIGGER_DELIVERY_ATTEMPTS DELIVERY_ATTEMPTS "

default() { # NAME VALUE
  [[ -n ${!1:-} ]] || printf -v "$1" '%s' "$2"
}

account_email() { printf '%s@%s.iam.gserviceaccount.com' "$1" "$PROJECT_ID"; }

# A custom audience, made of names alone: the URL that the platform gives is known only after the first deployment, and
# there are two forms of it. So the service, its pushes, its jobs and `verify` agree before anything exists.
audience() { printf 'https://%s.%s.internal' "$1" "$PROJECT_ID"; } # SERVICE

# Reads the catalogue: SERVICE_SETTINGS are the names that a deployed service is given.
load_catalogue() {
  local name value
  SERVICE_SETTINGS=()
  while IFS='=' read -r name value; do
    [[ $name =~ ^[A-Z][A-Z0-9_]*$ ]] || continue
    default "$name" "$value"
    [[ $LOCAL_SETTINGS =~ [[:space:]]${name}[[:space:]] ]] || SERVICE_SETTINGS+=("$name")
  done <"$ROOT/.env.example"
}

load_settings() {
  default PROJECT_ID nba-props-platform
  default REGION us-west2
  default REPOSITORY nba-props
  default COORDINATOR_SERVICE prediction-coordinator
  default WORKER_SERVICE prediction-worker
  default PRECOMPUTE_SERVICE precompute-processors
  default CONSOLE_SERVICE prediction-console

  default PUSH_ACCOUNT phase5-push
  default SCHEDULER_ACCOUNT phase5-scheduler
  default PHASE3_ACCOUNT phase3-processors
  default BUILD_ACCOUNT image-builder
  default OPERATOR_ACCOUNT phase5-operator # people call as it: gcloud ... --impersonate-service-account
  default OPERATORS ''                     # members who may, separated by blanks: user:ann@example.com group:...
  default CONSOLE_VIEWERS ''   # members who may look at the console, separated by blanks; nobody means that there is none
  default CONSOLE_OPERATORS '' # e-mail addresses of those of them who may act in it, separated by commas
  default PUSH_IDENTITIES "$(account_email "$PUSH_ACCOUNT")"
  default SCHEDULER_IDENTITIES "$(account_email "$SCHEDULER_ACCOUNT")"
  default PHASE3_IDENTITIES "$(account_email "$PHASE3_ACCOUNT")"
  default OPERATOR_IDENTITIES "$(account_email "$OPERATOR_ACCOUNT")"
  default ALERT_URLS_SECRET '' # name of the secret that holds ALERT_URLS; none means that alerts are only logged
  default ALERT_URLS_CRITICAL_SECRET '' # the same for ALERT_URLS_CRITICAL; none means that they go to ALERT_URLS
  default ALERT_URLS_WARNING_SECRET ''
  default ALERTING_SERVICES "$COORDINATOR_SERVICE $CONSOLE_SERVICE $PRECOMPUTE_SERVICE"
  default MONITORING_CHANNELS '' # notification channels that the alert policies tell, separated by blanks
  TOKEN_SIGNATURES=cloud_run   # true only of services that the platform guards, as every one but the console is
  IAP_AUDIENCE=''              # of the console alone, which is given its own
  load_catalogue

  default PHASE4_TOPIC_RETENTION_SECONDS 86400
  default TOPIC_PREFIXES 'nba-phase4- nba-phase5- prediction- nba-dlq' # what `verify` counts as ours
  default ACK_DEADLINE_SECONDS 600
  default MIN_RETRY_DELAY_SECONDS 10
  default MAX_RETRY_DELAY_SECONDS 600
  default MESSAGE_RETENTION_SECONDS 604800 # 7 days
  default TIME_ZONE America/Los_Angeles
  default JOB_PREFIX phase5
  default DAILY_BACKUP_JOB '0 6 * * *|1800|3'
  default RETRY_1_JOB '15 6 * * *|300|3'
  default RETRY_2_JOB '30 6 * * *|300|3'
  default STATUS_CHECK_JOB '0 7 * * *|60|3'
  default DEADLINE_WATCH_JOB '*/5 6 * * *|240|1'
  default REFRESH_JOB '*/15 6-15 * * *|240|1'
  default GRADING_JOB '0 9 * * *|60|3'
  default JOB_MIN_BACKOFF_SECONDS 10
  default JOB_MAX_BACKOFF_SECONDS 300
  # The coordinator's timeout is above the 30 minutes of a scheduler's attempt; the worker's is the ack deadline.
  default COORDINATOR_SHAPE '1|1Gi|16|2100|0|3'
  default WORKER_SHAPE "1|1Gi|4|$ACK_DEADLINE_SECONDS|0|10"
  default CONSOLE_SHAPE '1|1Gi|16|300|0|2'
  default PRECOMPUTE_SHAPE '2|2Gi|4|900|0|2'
  default COORDINATOR_CALLERS "$PUSH_ACCOUNT $SCHEDULER_ACCOUNT $OPERATOR_ACCOUNT"
  default WORKER_CALLERS "$PUSH_ACCOUNT $OPERATOR_ACCOUNT"
  default PRECOMPUTE_CALLERS "$PUSH_ACCOUNT $PHASE3_ACCOUNT $OPERATOR_ACCOUNT"
  default SETTLE_SECONDS 5 # between tries, while a new service account becomes known everywhere
  default PYTHON "$([[ -x $ROOT/.venv/bin/python ]] && echo "$ROOT/.venv/bin/python" || echo python3)"

  load_tables
}

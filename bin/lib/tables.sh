# shellcheck shell=bash
# shellcheck disable=SC2034  # read by the scripts that source this
# What is to be there, as rows; the values are those of settings.sh.

load_tables() {
  # topic|retention in seconds, if any
  TOPICS=(
    "$PHASE4_TOPIC|$PHASE4_TOPIC_RETENTION_SECONDS"
    "$REQUEST_TOPIC|"
    "$READY_TOPIC|"
    "$REFRESH_TOPIC|"
    "$DEAD_LETTER_TOPIC|"
  )
  # subscription|topic|service|path|deliveries before a message is a dead letter, if ever
  SUBSCRIPTIONS=(
    "$TRIGGER_SUBSCRIPTION|$PHASE4_TOPIC|$COORDINATOR_SERVICE|/trigger|$TRIGGER_DELIVERY_ATTEMPTS"
    "$REQUEST_SUBSCRIPTION|$REQUEST_TOPIC|$WORKER_SERVICE|/predict|$DELIVERY_ATTEMPTS"
    "$READY_SUBSCRIPTION|$READY_TOPIC|$COORDINATOR_SERVICE|/complete|$DELIVERY_ATTEMPTS"
    "$REFRESH_SUBSCRIPTION|$REFRESH_TOPIC|$PRECOMPUTE_SERVICE|/refresh|$DELIVERY_ATTEMPTS"
    "$DEAD_LETTER_SUBSCRIPTION|$DEAD_LETTER_TOPIC|$COORDINATOR_SERVICE|/dead-letter|"
  )
  # job|method|path|schedule|seconds that an attempt may take (1800 at most)|retries (5 at most)
  JOBS=(
    "$JOB_PREFIX-daily-backup|POST|/start|$DAILY_BACKUP_JOB"
    "$JOB_PREFIX-retry-1|POST|/retry|$RETRY_1_JOB"
    "$JOB_PREFIX-retry-2|POST|/retry|$RETRY_2_JOB"
    "$JOB_PREFIX-status-check|GET|/status?check=sla|$STATUS_CHECK_JOB"
    "$JOB_PREFIX-deadline-watch|POST|/retry|$DEADLINE_WATCH_JOB"
    "$JOB_PREFIX-refresh|POST|/refresh|$REFRESH_JOB"
    "$JOB_PREFIX-grading|POST|/grade|$GRADING_JOB"
  )
  # service|Dockerfile|topic it publishes to|CPUs|memory|concurrency|timeout in seconds|instances at least|at most
  SERVICES=(
    "$COORDINATOR_SERVICE|Dockerfile.coordinator|$REQUEST_TOPIC|$COORDINATOR_SHAPE"
    "$CONSOLE_SERVICE|Dockerfile.coordinator|$REQUEST_TOPIC|$CONSOLE_SHAPE"
    "$WORKER_SERVICE|Dockerfile.worker|$READY_TOPIC|$WORKER_SHAPE"
    "$PRECOMPUTE_SERVICE|Dockerfile.precompute|$PHASE4_TOPIC|$PRECOMPUTE_SHAPE"
  )
  # service|accounts that may call it
  CALLERS=(
    "$COORDINATOR_SERVICE|$COORDINATOR_CALLERS"
    "$WORKER_SERVICE|$WORKER_CALLERS"
    "$PRECOMPUTE_SERVICE|$PRECOMPUTE_CALLERS"
  )
  # service|role|dataset
  DATASET_GRANTS=(
    "$COORDINATOR_SERVICE|dataViewer|nba_analytics" "$COORDINATOR_SERVICE|dataEditor|nba_predictions"
    "$COORDINATOR_SERVICE|dataEditor|nba_reference"
    "$WORKER_SERVICE|dataViewer|nba_analytics" "$WORKER_SERVICE|dataEditor|nba_predictions"
    "$WORKER_SERVICE|dataViewer|nba_reference"
    "$PRECOMPUTE_SERVICE|dataViewer|nba_analytics" "$PRECOMPUTE_SERVICE|dataEditor|nba_predictions"
    "$PRECOMPUTE_SERVICE|dataEditor|nba_reference"
  )
}

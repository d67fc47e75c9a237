# shellcheck shell=bash
# Service accounts: who calls, and what the services run as (an account of the service's own name).

ensure_account() { # NAME
  declare_nothing
  if exists gcloud iam service-accounts describe "$(account_email "$1")" "--project=$PROJECT_ID"; then return; fi
  run_settled gcloud iam service-accounts create "$1" "--project=$PROJECT_ID"
}

# Prints the accounts that may call a service.
callers_of() { # SERVICE
  local row
  for row in "${CALLERS[@]}"; do
    if [[ ${row%%|*} == "$1" ]]; then printf '%s' "${row#*|}"; fi
  done
}

ensure_callers_of() { # SERVICE
  local caller
  for caller in $(callers_of "$1"); do ensure_account "$caller"; done
}

ensure_callers() {
  ensure_account "$PUSH_ACCOUNT"
  ensure_account "$SCHEDULER_ACCOUNT"
  ensure_account "$PHASE3_ACCOUNT"
  ensure_account "$OPERATOR_ACCOUNT"
}

ensure_identities() {
  ensure_account "$COORDINATOR_SERVICE"
  ensure_account "$WORKER_SERVICE"
  ensure_account "$PRECOMPUTE_SERVICE"
}

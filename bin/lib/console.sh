# shellcheck shell=bash
# The console: the coordinator's image and account once more, as a service that people reach through Identity-Aware
# Proxy. It is there if CONSOLE_VIEWERS says for whom.

is_console() { [[ $1 == "$CONSOLE_SERVICE" ]]; } # SERVICE

has_console() { [[ -n $CONSOLE_VIEWERS ]]; }

# Prints the name of the account, and of the image, that a service runs with.
runs_as() { # SERVICE
  if is_console "$1"; then printf '%s' "$COORDINATOR_SERVICE"; else printf '%s' "$1"; fi
}

# The proxy's own account in this project: it hands on the requests of those whom it has let in.
iap_agent() { printf 'serviceAccount:service-%s@gcp-sa-iap.iam.gserviceaccount.com' "$PROJECT_NUMBER"; }

# What the proxy's assertions are for.
iap_audience() { printf '/projects/%s/locations/%s/services/%s' "$PROJECT_NUMBER" "$REGION" "$CONSOLE_SERVICE"; }

# Rows: whom the proxy lets in.
viewer_rows() {
  local member
  local -a viewers
  read -ra viewers <<<"$CONSOLE_VIEWERS"
  for member in "${viewers[@]}"; do
    printf 'beta iap web|%s|roles/iap.httpsResourceAccessor|%s\n' "$CONSOLE_SERVICE" "$member"
  done
}

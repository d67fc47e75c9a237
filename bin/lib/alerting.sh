# shellcheck shell=bash
# shellcheck disable=SC2034  # what is declared is read by the functions that create and update
# The secrets that hold alert channels: who is given which.

# Rows: the settings with alert channels that a service is given from secrets; none for a service that sends no alerts.
alert_secrets() { # SERVICE
  local name secret
  [[ " $ALERTING_SERVICES " == *" $1 "* ]] || return 0
  for name in "${ALERT_SETTINGS[@]}"; do
    secret="${name}_SECRET"
    if [[ -n ${!secret} ]]; then printf '%s|%s\n' "$name" "${!secret}"; fi
  done
}

# The settings that hold alert channels, each from its secret.
declare_secrets() { # SERVICE CONTAINER
  local row list=''
  for row in $(alert_secrets "$1"); do
    list+=",${row%%|*}=${row#*|}:latest"
    expect "$2.env[name=${row%%|*}].valueFrom.secretKeyRef.name" "${row#*|}"
  done
  if [[ -n $list ]]; then CREATE+=("--set-secrets=${list#,}"); else CREATE+=(--clear-secrets); fi
}

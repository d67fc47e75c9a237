# shellcheck shell=bash
# Topics, as the table TOPICS has them.

declare_topic() { # RETENTION_SECONDS
  declare_nothing
  if [[ -n $1 ]]; then setting --message-retention-duration "$1s" messageRetentionDuration; fi
}

# Calls ACTION with the name of each topic, declared; of one alone if it is named.
for_each_topic() { # ACTION [NAME]
  local row name retention
  for row in "${TOPICS[@]}"; do
    IFS='|' read -r name retention <<<"$row"
    if [[ -n ${2:-} && $2 != "$name" ]]; then continue; fi
    declare_topic "$retention"
    "$1" "pubsub topics" "$name"
  done
}

ensure_topics() { for_each_topic ensure "$@"; }

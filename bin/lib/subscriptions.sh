# shellcheck shell=bash
# Push subscriptions, as the table SUBSCRIPTIONS has them. Every flag goes with every update: a push endpoint that is
# given alone erases the identity, and a dead-letter topic that is given alone resets the deliveries.

declare_subscription() { # TOPIC SERVICE PATH DELIVERIES BASE_URL
  local endpoint=$5$3
  declare_nothing
  fixed_setting --topic "projects/$PROJECT_ID/topics/$1" topic
  setting --push-endpoint "$endpoint" pushConfig.pushEndpoint
  setting --push-auth-service-account "$(account_email "$PUSH_ACCOUNT")" pushConfig.oidcToken.serviceAccountEmail
  setting --push-auth-token-audience "$(audience "$2")" pushConfig.oidcToken.audience
  expect pushConfig.noWrapper '' # the body is an envelope
  setting --ack-deadline "$ACK_DEADLINE_SECONDS" ackDeadlineSeconds
  setting --min-retry-delay "${MIN_RETRY_DELAY_SECONDS}s" retryPolicy.minimumBackoff
  setting --max-retry-delay "${MAX_RETRY_DELAY_SECONDS}s" retryPolicy.maximumBackoff
  setting --expiration-period never expirationPolicy '{}' # it would expire in the off-season, after 31 idle days
  setting --message-retention-duration "${MESSAGE_RETENTION_SECONDS}s" messageRetentionDuration
  if [[ -n $4 ]]; then
    setting --dead-letter-topic "projects/$PROJECT_ID/topics/$DEAD_LETTER_TOPIC" deadLetterPolicy.deadLetterTopic
    setting --max-delivery-attempts "$4" deadLetterPolicy.maxDeliveryAttempts
  else
    no_setting --clear-dead-letter-policy deadLetterPolicy # a dead letter has nowhere further to go
  fi
}

# Sets BASE_URL to the URL of the service that a subscription pushes to.
set_base_url() { # SERVICE
  case $1 in
    "$WORKER_SERVICE") BASE_URL=$WORKER_URL ;;
    "$PRECOMPUTE_SERVICE") BASE_URL=${PRECOMPUTE_URL:-} ;;
    *) BASE_URL=$COORDINATOR_URL ;;
  esac
}

# True of every service, or of those that PUSHES_TO names.
is_chosen() { [[ " ${PUSHES_TO:-$1} " == *" $1 "* ]]; } # SERVICE

# Calls ACTION with the name of each subscription, declared; where PUSHES_TO names services, of those to them alone.
for_each_subscription() { # ACTION...
  local row name topic service path deliveries
  for row in "${SUBSCRIPTIONS[@]}"; do
    IFS='|' read -r name topic service path deliveries <<<"$row"
    is_chosen "$service" || continue
    set_base_url "$service"
    declare_subscription "$topic" "$service" "$path" "$deliveries" "$BASE_URL"
    "$@" "$name"
  done
}

# A service's subscriptions, and the right of Pub/Sub to move what it gives up; the service has to have its URL.
ensure_subscriptions() { # SERVICE...
  local PUSHES_TO="$*"
  for_each_subscription ensure "pubsub subscriptions"
  ensure_bindings "$(subscriber_rows)"
}

-- One row: one dead letter of a slate in its newest state, with the beginning of its body.
-- @game_date DATE
-- @characters INT64
WITH letters AS (
  {dead_letter_states}
)
SELECT
  message_id,
  state,
  source_subscription,
  delivery_attempts,
  reason,
  stored_at,
  created_at AS state_since,
  SUBSTR(body, 1, @characters) AS body_begins
FROM letters
ORDER BY stored_at, message_id

-- One row: one dead letter of those that are named, in its newest state.
-- @game_date DATE
-- @message_ids ARRAY<STRING>
WITH letters AS (
  {dead_letter_states}
)
SELECT * REPLACE (TO_JSON_STRING(attributes) AS attributes)
FROM letters
WHERE message_id IN UNNEST(@message_ids)
ORDER BY stored_at, message_id

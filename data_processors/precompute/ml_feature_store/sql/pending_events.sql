-- One row: one event that is still to be published: the newest of its states is stored.
-- @first_date DATE
WITH newest AS (
  SELECT game_date, run_id, state, topic, body, created_at
  FROM nba_reference.unpublished_events
  WHERE game_date >= @first_date
  QUALIFY ROW_NUMBER() OVER (PARTITION BY game_date, run_id ORDER BY created_at DESC, state) = 1
)
SELECT game_date, run_id, topic, body
FROM newest
WHERE state = 'stored'
ORDER BY created_at, run_id

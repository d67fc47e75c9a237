-- One row: one dead letter of a slate in its newest state.
-- A letter that Pub/Sub delivered again is stored twice; what a person did with it stands.
-- @game_date DATE
SELECT *, MIN(created_at) OVER (PARTITION BY message_id) AS stored_at
FROM nba_reference.dead_letters
WHERE game_date = @game_date
QUALIFY ROW_NUMBER() OVER (PARTITION BY message_id ORDER BY state = 'stored', created_at DESC) = 1

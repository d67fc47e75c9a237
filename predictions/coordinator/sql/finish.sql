-- Changes one row if the slate is still as it was read, none if somebody finished or claimed it first.
-- @game_date DATE
-- @generation INT64
-- @seen_state STRING
-- @state STRING
-- @judgement STRING
-- @released_batches STRING
UPDATE nba_reference.slates
SET
  state = @state,
  judgement = @judgement,
  released_batches = @released_batches,
  finished_at = CURRENT_TIMESTAMP(),
  lease_until = NULL
WHERE game_date = @game_date AND generation = @generation AND state = @seen_state

-- Changes one row if the batch that was read still awaits its judgement.
-- @game_date DATE
-- @generation INT64
-- @seen_state STRING
-- @judgement STRING
-- @released_batches STRING
UPDATE nba_reference.slates
SET judgement = @judgement, released_batches = @released_batches
WHERE game_date = @game_date AND generation = @generation AND state = @seen_state AND judgement IS NULL

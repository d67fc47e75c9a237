-- Changes one row if the slate still has the generation that was read, none if somebody was first.
-- @game_date DATE
-- @generation INT64
-- @claim_id STRING
-- @owner STRING
-- @lease_seconds INT64
-- @batch_id STRING
-- @trigger_source STRING
-- @feature_run_id STRING
-- @min_minutes FLOAT64
-- @expected INT64
UPDATE nba_reference.slates
SET
  state = 'claimed',
  generation = @generation + 1,
  claim_id = @claim_id,
  owner = @owner,
  lease_until = TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL @lease_seconds SECOND),
  claimed_at = CURRENT_TIMESTAMP(),
  batch_id = @batch_id,
  trigger_source = @trigger_source,
  feature_run_id = @feature_run_id,
  min_minutes = @min_minutes,
  expected = @expected,
  finished_at = NULL,
  judgement = NULL
WHERE game_date = @game_date AND generation = @generation

-- One row: one recorded run of Phase 4 or of a batch of the coordinator, oldest first; a run recorded twice counts once.
-- @game_date DATE
SELECT
  processor_name,
  run_id,
  status,
  records_processed,
  triggered_by,
  started_at,
  processed_at
FROM nba_reference.processor_run_history
WHERE data_date = @game_date
QUALIFY ROW_NUMBER() OVER (PARTITION BY processor_name, run_id ORDER BY processed_at) = 1
ORDER BY processed_at, run_id

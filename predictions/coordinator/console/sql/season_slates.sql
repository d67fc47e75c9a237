-- One row: one slate of some dates, with what Phase 4's newest run of it came to, and when a batch first ended well.
-- @first_date DATE
-- @last_date DATE
WITH runs AS (
  SELECT *
  FROM nba_reference.processor_run_history
  WHERE data_date BETWEEN @first_date AND @last_date
),
phase4 AS (
  SELECT data_date, status AS newest_run_status
  FROM runs
  WHERE processor_name = 'ml_feature_store_v2'
  QUALIFY ROW_NUMBER() OVER (PARTITION BY data_date ORDER BY started_at DESC, processed_at DESC) = 1
),
batches AS (
  SELECT data_date, MIN(processed_at) AS first_finished_at
  FROM runs
  WHERE processor_name = 'phase5_coordinator' AND status IN ('success', 'partial')
  GROUP BY data_date
)
SELECT
  s.game_date,
  s.state,
  s.hold,
  s.expected,
  s.alerts_raised,
  phase4.newest_run_status,
  batches.first_finished_at
FROM nba_reference.slates AS s
LEFT JOIN phase4 ON phase4.data_date = s.game_date
LEFT JOIN batches ON batches.data_date = s.game_date
WHERE s.game_date BETWEEN @first_date AND @last_date
ORDER BY s.game_date

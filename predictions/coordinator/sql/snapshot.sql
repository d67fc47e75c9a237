-- One row: the slate, its newest feature run, and how many players stand where.
WITH slate_players AS (
  {slate_players}
),
counts AS (
  SELECT
    COUNTIF(line_offset = 0) AS on_slate,
    COUNTIF(line_offset = 0 AND is_expected) AS expected,
    COUNTIF(line_offset = 0 AND is_expected AND is_ready) AS ready,
    COUNTIF(line_offset = 0 AND is_waiting) AS players_waiting,
    COUNTIF(is_wanted) AS wanted,
    COUNTIF(is_to_skip) AS to_skip,
    COUNTIF(is_waiting) AS waiting,
    COUNTIF(is_expected AND is_in_flight) AS in_flight,
    COUNTIF(is_expected AND NOT is_terminal) AS open_inputs,
    COUNTIF(line_offset = 0 AND is_expected AND is_terminal) AS terminal,
    COUNTIF(line_offset = 0 AND is_expected AND outcome = 'predicted') AS predicted,
    COUNTIF(line_offset = 0 AND is_expected AND outcome = 'skipped') AS skipped,
    COUNTIF(line_offset = 0 AND is_expected AND reason IN UNNEST(@accepted_skips)) AS skipped_accepted,
    COUNTIF(line_offset = 0 AND is_expected AND is_terminal AND outcome = 'failed') AS failed,
    COUNTIF(line_offset = 0 AND is_expected AND is_covered) AS covered,
    MAX(min_minutes) AS min_minutes,
    MAX(feature_run_id) AS counted_run_id,
    MAX(feature_run_started_at) AS counted_run_started_at
  FROM slate_players
),
phase4_runs AS (
  SELECT data_date, run_id, status, triggered_by, started_at, processed_at
  FROM nba_reference.processor_run_history
  WHERE data_date = @game_date AND processor_name = 'ml_feature_store_v2'
),
newest_run AS (
  SELECT data_date, run_id, status FROM phase4_runs ORDER BY started_at DESC, processed_at DESC LIMIT 1
),
run_times AS (
  SELECT run_id, MIN(processed_at) AS processed_at FROM phase4_runs GROUP BY run_id
),
-- A refresh that failed once its features stood has put them in place of those that counted: it is gone on with.
recorded AS (
  SELECT DISTINCT run_id FROM phase4_runs WHERE status != 'failed' OR triggered_by != 'refresh'
),
unrecorded AS (
  SELECT COUNTIF(recorded.run_id IS NULL) > 0 AS features_are_unrecorded
  FROM (
    SELECT DISTINCT feature_run_id
    FROM nba_predictions.ml_feature_store_v2
    WHERE game_date = @game_date
  ) AS stored
  LEFT JOIN recorded ON recorded.run_id = stored.feature_run_id
),
slate AS (
  SELECT * FROM nba_reference.slates WHERE game_date = @game_date
),
batch AS (
  {batch_progress}
),
confirmed AS (
  SELECT
    STRING_AGG(CONCAT(kind, '@', severity, '@', CAST(UNIX_MICROS(sent_at) AS STRING)), ';') AS alerts_confirmed
  FROM (
    SELECT kind, severity, MAX(sent_at) AS sent_at
    FROM nba_reference.alerts
    WHERE game_date = @game_date
    GROUP BY kind, severity
  ) AS newest
)
SELECT
  slate.* EXCEPT (expected, feature_run_id, min_minutes, lease_until),
  COALESCE(counts.min_minutes, @min_minutes, @default_min_minutes) AS min_minutes,
  COALESCE(
    slate.state = 'claimed'
      AND slate.lease_until > CURRENT_TIMESTAMP()
      AND slate.claimed_at >= @alive_since,
    FALSE
  ) AS is_claimed,
  counts.* EXCEPT (counted_run_id, counted_run_started_at, min_minutes),
  counts.counted_run_id AS feature_run_id,
  counts.counted_run_started_at AS feature_run_started_at,
  run_times.processed_at AS feature_run_finished_at,
  newest_run.run_id AS newest_run_id,
  newest_run.status AS newest_run_status,
  unrecorded.features_are_unrecorded,
  batch.* EXCEPT (requested_batch),
  confirmed.alerts_confirmed
FROM slate
CROSS JOIN counts
CROSS JOIN batch
CROSS JOIN unrecorded
CROSS JOIN confirmed
LEFT JOIN newest_run ON newest_run.data_date = slate.game_date
LEFT JOIN run_times ON run_times.run_id = counts.counted_run_id

-- One row: one player on the slate at his main line, where he stands, and the forecast of him that readers see. Times
-- and counts of requests are those of his current input. The forecast is the headline system's, or of a slate
-- without one the first by name; it is of an older input where forecast_input_id is not input_id.
-- @headline_system STRING
WITH slate_players AS (
  {slate_players}
),
forecasts AS (
  SELECT *
  FROM nba_predictions.player_prop_predictions_current
  WHERE game_date = @game_date AND line_offset = 0
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY player_lookup ORDER BY system_id = @headline_system DESC, system_id
  ) = 1
)
SELECT
  p.player_lookup,
  p.player_id,
  p.player_name,
  p.game_id,
  p.team,
  p.opponent,
  p.is_home,
  p.status,
  p.status_at_features,
  p.projected_minutes,
  p.min_minutes,
  p.line,
  p.line_observed_at,
  p.is_expected,
  p.is_ready,
  p.has_no_history,
  p.not_ready_reasons,
  p.feature_run_id,
  p.quality_score,
  p.input_id,
  p.outcome,
  p.reason,
  p.detail,
  p.is_terminal,
  p.is_in_flight,
  p.is_wanted,
  p.is_to_skip,
  p.is_waiting,
  p.is_covered,
  p.request_count,
  p.last_requested_at,
  p.last_answered_at,
  IF(
    p.is_in_flight, TIMESTAMP_ADD(p.last_requested_at, INTERVAL @in_flight_seconds SECOND), NULL
  ) AS in_flight_until,
  GREATEST(@requests_per_input - p.request_count, 0) AS requests_left,
  forecasts.system_id AS forecast_system,
  forecasts.input_id AS forecast_input_id,
  forecasts.line AS forecast_line,
  forecasts.mean AS forecast_mean,
  forecasts.p10 AS forecast_p10,
  forecasts.p50 AS forecast_p50,
  forecasts.p90 AS forecast_p90,
  forecasts.p_over AS forecast_p_over,
  forecasts.recommendation AS forecast_recommendation,
  forecasts.is_released AS forecast_is_released,
  forecasts.batch_id AS forecast_batch_id,
  forecasts.created_at AS forecast_at
FROM slate_players AS p
LEFT JOIN forecasts ON forecasts.player_lookup = p.player_lookup
WHERE p.line_offset = 0
ORDER BY p.game_id, p.team, p.player_lookup

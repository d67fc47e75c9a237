-- One row: a system's current forecast, at the main line, of a player who is expected on the slate.
-- @game_date DATE
WITH slate AS (
  SELECT *
  FROM nba_analytics.upcoming_player_game_context
  WHERE game_date = @game_date
  QUALIFY ROW_NUMBER() OVER (PARTITION BY player_lookup ORDER BY observed_at DESC) = 1
),
expected AS (
  SELECT slate.player_lookup
  FROM slate
  INNER JOIN nba_reference.slates AS s ON s.game_date = slate.game_date
  WHERE slate.status NOT IN ('OUT', 'DOUBTFUL')
    AND COALESCE(slate.projected_minutes >= s.min_minutes, TRUE)
)
SELECT
  f.player_lookup,
  f.player_name,
  f.team,
  f.opponent,
  f.system_id,
  f.mean,
  f.p10,
  f.p50,
  f.p90,
  f.line,
  f.p_over,
  f.recommendation,
  f.feature_run_id
FROM nba_predictions.player_prop_predictions_current AS f
INNER JOIN expected ON expected.player_lookup = f.player_lookup
WHERE f.game_date = @game_date AND f.line_offset = 0
ORDER BY f.player_lookup, f.system_id

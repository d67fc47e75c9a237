-- One row: a current forecast of a player who is expected, or an expected player who ended without any. Highest
-- first. Players who left the slate since, or were ruled out, are not shown.
-- @game_date DATE
WITH context AS (
  SELECT c.*
  FROM nba_analytics.upcoming_player_game_context AS c
  INNER JOIN nba_reference.slates AS s ON s.game_date = c.game_date
  WHERE c.game_date = @game_date
    AND c.status NOT IN ('OUT', 'DOUBTFUL')
    AND COALESCE(c.projected_minutes >= s.min_minutes, TRUE)
),
forecasts AS (
  SELECT f.*
  FROM nba_predictions.player_prop_predictions_current AS f
  INNER JOIN context ON context.player_lookup = f.player_lookup
  WHERE f.game_date = @game_date
),
outcomes AS (
  SELECT *
  FROM nba_predictions.prediction_outcomes_current
  WHERE game_date = @game_date
),
newest_outcomes AS (
  SELECT *
  FROM outcomes
  WHERE TRUE
  QUALIFY ROW_NUMBER() OVER (PARTITION BY player_lookup ORDER BY created_at DESC) = 1
)
SELECT
  f.player_lookup,
  f.player_id,
  f.player_name,
  f.game_date,
  f.team,
  f.opponent,
  f.is_home,
  f.system_id,
  f.mean,
  f.p10,
  f.p50,
  f.p90,
  f.line,
  f.line_offset,
  f.p_over,
  f.recommendation,
  COALESCE(o.outcome, 'predicted') AS outcome,
  o.reason
FROM forecasts AS f
LEFT JOIN outcomes AS o ON o.player_lookup = f.player_lookup AND o.input_id = f.input_id
UNION ALL
SELECT
  c.player_lookup,
  c.player_id,
  c.player_name,
  c.game_date,
  c.team,
  c.opponent,
  c.is_home,
  NULL,
  NULL,
  NULL,
  NULL,
  NULL,
  c.line,
  0.0,
  NULL,
  NULL,
  o.outcome,
  o.reason
FROM newest_outcomes AS o
INNER JOIN context AS c ON c.player_lookup = o.player_lookup
WHERE o.player_lookup NOT IN (SELECT player_lookup FROM forecasts)
ORDER BY mean DESC, player_lookup, system_id, line_offset

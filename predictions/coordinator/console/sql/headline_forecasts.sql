-- One row: the forecast of a player that is shown first: the headline system's, at his main line, else another's.
-- edge: the mean gain per unit staked on the better side, at the stored odds, or at -110 without any; null without a
-- line, and at odds that nobody quotes. status: what the slate says of him now, which the forecast may not have seen.
-- @game_date DATE
-- @headline_system STRING
WITH shown AS (
  SELECT
    *,
    COALESCE(over_odds, -110.0) AS over_at,
    COALESCE(under_odds, -110.0) AS under_at,
    1 - p_over - COALESCE(p_push, 0) AS p_under
  FROM nba_predictions.player_prop_predictions_current
  WHERE game_date = @game_date AND line_offset = 0
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY player_lookup
    ORDER BY system_id = @headline_system DESC, COALESCE(is_shadow, FALSE), system_id
  ) = 1
),
gains AS (
  SELECT
    *,
    IF(ABS(over_at) < 100, NULL, p_over * IF(over_at > 0, over_at / 100, -100 / over_at) - p_under) AS over_gain,
    IF(ABS(under_at) < 100, NULL, p_under * IF(under_at > 0, under_at / 100, -100 / under_at) - p_over) AS under_gain
  FROM shown
),
statuses AS (
  SELECT player_lookup, status
  FROM nba_analytics.upcoming_player_game_context
  WHERE game_date = @game_date
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY player_lookup ORDER BY observed_at DESC, game_id DESC, team, status, COALESCE(line, -1)
  ) = 1
)
SELECT
  g.player_lookup,
  g.player_name,
  g.team,
  g.opponent,
  g.is_home,
  statuses.status,
  g.system_id,
  g.mean,
  g.p10,
  g.p50,
  g.p90,
  g.line,
  g.p_over,
  g.recommendation,
  g.is_released,
  GREATEST(g.over_gain, g.under_gain) AS edge,
  g.created_at
FROM gains AS g
LEFT JOIN statuses ON statuses.player_lookup = g.player_lookup
ORDER BY g.player_lookup

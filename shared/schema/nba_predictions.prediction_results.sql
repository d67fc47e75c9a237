-- One row: a current forecast beside what happened. actual_points is null until the box score is in; a player
-- without minutes in a game that has been played did not play, so his forecast is void, and a bet on him is no loss.
-- The point forecast is p50, since the median is the point that an absolute error asks for: error is p50 less the
-- points. bet_result is win, loss, push or void, for OVER and UNDER alone; profit is of one unit at the stored odds,
-- or at -110 without any. A push decides neither side, so decided_p_over is P(over) of the points off the line, and
-- it, is_over and brier (its squared distance from what happened) are null for one.
CREATE OR REPLACE VIEW nba_predictions.prediction_results AS
WITH played AS (
  SELECT DISTINCT game_date, team FROM nba_analytics.player_game_summary
),
met AS (
  SELECT
    p.*,
    g.points AS actual_points,
    g.minutes AS actual_minutes,
    played.team IS NOT NULL AND g.player_lookup IS NULL AS is_void,
    g.points - p.line AS margin,
    p.p_over / NULLIF(1 - COALESCE(p.p_push, 0), 0) AS decided_p_over,
    COALESCE(IF(p.recommendation = 'OVER', p.over_odds, p.under_odds), -110) AS odds
  FROM nba_predictions.player_prop_predictions_current AS p
  LEFT JOIN nba_analytics.player_game_summary_current AS g
    ON g.game_date = p.game_date AND g.player_lookup = p.player_lookup AND g.minutes > 0
  LEFT JOIN played
    ON played.game_date = p.game_date AND played.team = p.team
),
judged AS (
  SELECT
    *,
    CASE
      WHEN line IS NULL OR recommendation NOT IN ('OVER', 'UNDER') THEN NULL
      WHEN is_void THEN 'void'
      WHEN actual_points IS NULL THEN NULL
      WHEN margin = 0 THEN 'push'
      WHEN (margin > 0) = (recommendation = 'OVER') THEN 'win'
      ELSE 'loss'
    END AS bet_result,
    CASE WHEN margin != 0 THEN margin > 0 END AS is_over
  FROM met
)
SELECT
  * EXCEPT (margin, odds, is_over, decided_p_over),
  p50 - actual_points AS error,
  ABS(p50 - actual_points) AS absolute_error,
  actual_points BETWEEN p10 AND p90 AS is_covered,
  is_over,
  CASE WHEN is_over IS NOT NULL THEN decided_p_over END AS decided_p_over,
  CASE WHEN is_over IS NOT NULL THEN POW(decided_p_over - IF(is_over, 1, 0), 2) END AS brier,
  CASE bet_result
    WHEN 'win' THEN IF(odds > 0, odds / 100, -100 / odds)
    WHEN 'loss' THEN -1.0
    WHEN 'push' THEN 0.0
    WHEN 'void' THEN 0.0
  END AS profit
FROM judged;

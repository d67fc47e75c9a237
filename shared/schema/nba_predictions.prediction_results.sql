-- One row: a current forecast beside what happened. actual_points is null until the box score is in; a player
-- without a row in a game that has been played did not play, so his bet is void.
CREATE OR REPLACE VIEW nba_predictions.prediction_results AS
WITH played AS (
  SELECT DISTINCT game_date, team FROM nba_analytics.player_game_summary
)
SELECT
  p.*,
  g.points AS actual_points,
  g.minutes AS actual_minutes,
  played.team IS NOT NULL AND g.player_lookup IS NULL AS is_void,
  ABS(g.points - p.mean) AS absolute_error,
  CASE
    WHEN g.points IS NULL OR p.line IS NULL OR p.recommendation NOT IN ('OVER', 'UNDER') THEN NULL
    WHEN g.points = p.line THEN 'push'
    WHEN (g.points > p.line) = (p.recommendation = 'OVER') THEN 'win'
    ELSE 'loss'
  END AS bet_result
FROM nba_predictions.player_prop_predictions_current AS p
LEFT JOIN nba_analytics.player_game_summary_current AS g
  ON g.game_date = p.game_date AND g.player_lookup = p.player_lookup AND g.minutes > 0
LEFT JOIN played
  ON played.game_date = p.game_date AND played.team = p.team;

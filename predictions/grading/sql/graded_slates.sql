-- One row: what came of one system's forecasts on one slate, at the main lines, as counts and sums. A slate is graded
-- once somebody it has a forecast of has played; a player who did not play counts in voids alone, if there was a bet.
-- @first_date DATE
-- @last_date DATE
SELECT
  system_id,
  game_date,
  COUNT(actual_points) AS graded,
  SUM(absolute_error) AS absolute_error,
  SUM(error) AS error,
  SUM(error * error) AS squared_error,
  COUNTIF(is_covered) AS covered_80,
  COUNT(actual_points - line) AS with_line,
  COALESCE(SUM(IF(line IS NULL, NULL, absolute_error)), 0.0) AS absolute_error_with_line,
  COALESCE(SUM(ABS(actual_points - line)), 0.0) AS line_absolute_error,
  COUNT(brier) AS decided,
  COALESCE(SUM(brier), 0.0) AS brier,
  COALESCE(SUM(IF(brier IS NULL, NULL, decided_p_over)), 0.0) AS p_over,
  COUNTIF(is_over AND brier IS NOT NULL) AS overs,
  COUNT(bet_result) AS bets,
  COUNTIF(bet_result = 'win') AS wins,
  COUNTIF(bet_result = 'loss') AS losses,
  COUNTIF(bet_result = 'push') AS pushes,
  COUNTIF(bet_result = 'void') AS voids,
  COUNTIF(bet_result IN ('win', 'loss', 'push')) AS staked,
  COALESCE(SUM(profit), 0.0) AS profit
FROM nba_predictions.prediction_results
WHERE game_date BETWEEN @first_date AND @last_date AND line_offset = 0
GROUP BY system_id, game_date
HAVING COUNT(actual_points) > 0
ORDER BY game_date, system_id

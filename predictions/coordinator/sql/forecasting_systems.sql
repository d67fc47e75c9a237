-- One row: one system that forecast anybody on the newest slate of these dates that has forecasts.
-- @first_date DATE
-- @last_date DATE
SELECT game_date, system_id, COUNT(DISTINCT player_lookup) AS players
FROM nba_predictions.player_prop_predictions
WHERE game_date BETWEEN @first_date AND @last_date
GROUP BY game_date, system_id
QUALIFY game_date = MAX(game_date) OVER ()
ORDER BY system_id

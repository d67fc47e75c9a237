-- One row: one game of the sample league that is in the store, with how many players' rows it has.
-- @first_date DATE
-- @last_date DATE
-- @game_id_prefix STRING
SELECT game_id, COUNT(*) AS box_scores
FROM nba_analytics.player_game_summary_current
WHERE game_date BETWEEN @first_date AND @last_date AND STARTS_WITH(game_id, @game_id_prefix)
GROUP BY game_id

-- One row: one player who has played, under one of his names, and the date of his first game in the store.
-- @last_date DATE
SELECT player_lookup, player_id, player_name, MIN(game_date) AS first_game
FROM nba_analytics.player_game_summary
WHERE game_date <= @last_date
GROUP BY player_lookup, player_id, player_name
ORDER BY first_game, player_lookup

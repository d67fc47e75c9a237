-- One row: one player in one game between two dates (inclusive), as far as a slate is built from it.
-- @first_date DATE
-- @last_date DATE
SELECT game_date, game_id, player_lookup, player_id, player_name, team, opponent, is_home, minutes, points
FROM nba_analytics.player_game_summary_current
WHERE game_date BETWEEN @first_date AND @last_date
ORDER BY game_date, game_id, player_lookup

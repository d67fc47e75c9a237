-- One row: one player on one slate between two dates (inclusive), as last observed.
-- @first_date DATE
-- @last_date DATE
SELECT *
FROM nba_analytics.upcoming_player_game_context
WHERE game_date BETWEEN @first_date AND @last_date
QUALIFY ROW_NUMBER() OVER (PARTITION BY game_date, player_lookup ORDER BY observed_at DESC) = 1
ORDER BY game_date, player_lookup

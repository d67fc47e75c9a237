-- One row: one player on the slate, as Phase 3 last observed him.
-- @game_date DATE
SELECT *
FROM nba_analytics.upcoming_player_game_context
WHERE game_date = @game_date
QUALIFY ROW_NUMBER() OVER (PARTITION BY player_lookup ORDER BY observed_at DESC) = 1
ORDER BY player_lookup

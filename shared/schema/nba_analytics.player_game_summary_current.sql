-- One row: one player in one game he played, the newest version of it.
CREATE OR REPLACE VIEW nba_analytics.player_game_summary_current AS
SELECT *
FROM nba_analytics.player_game_summary
WHERE TRUE
QUALIFY ROW_NUMBER() OVER (PARTITION BY game_date, game_id, player_lookup ORDER BY loaded_at DESC) = 1;

-- One row: one player in one game that the features of a slate may look back on, as last loaded.
-- @game_date DATE
SELECT *
FROM nba_analytics.player_game_summary_current
WHERE game_date >= DATE_SUB(@game_date, INTERVAL 400 DAY) AND game_date < @game_date
ORDER BY game_date, game_id, player_lookup

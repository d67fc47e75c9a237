-- One row: how many players the slates of this store hold; none after a first load that was cut short.
SELECT COUNT(*) AS players
FROM nba_analytics.upcoming_player_game_context
WHERE game_date BETWEEN '2020-01-01' AND '2040-12-31'

-- One row: one player in one game: every game of the date (of which only the schedule may be used), and of the
-- dates before it those of the last 15 days, the last 10 of each player and the last 10 of each team.
-- @game_date DATE
WITH earlier AS (
  SELECT game_date, game_id, player_lookup, player_id, player_name, team, opponent, is_home, minutes
  FROM nba_analytics.player_game_summary_current
  WHERE game_date < @game_date AND minutes > 0
  QUALIFY game_date >= DATE_SUB(@game_date, INTERVAL 15 DAY)
    OR ROW_NUMBER() OVER (PARTITION BY player_lookup ORDER BY game_date DESC, game_id DESC) <= 10
    OR DENSE_RANK() OVER (PARTITION BY team ORDER BY game_date DESC, game_id DESC) <= 10
)
SELECT * FROM earlier
UNION ALL
SELECT game_date, game_id, player_lookup, player_id, player_name, team, opponent, is_home, minutes
FROM nba_analytics.player_game_summary_current
WHERE game_date = @game_date

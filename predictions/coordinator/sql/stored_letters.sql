-- One row: a slate of these dates, and how many of its dead letters nobody has dealt with.
-- @first_date DATE
-- @last_date DATE
WITH letters AS (
  SELECT game_date, message_id, LOGICAL_AND(state = 'stored') AS is_stored
  FROM nba_reference.dead_letters
  WHERE game_date BETWEEN @first_date AND @last_date
  GROUP BY game_date, message_id
)
SELECT game_date, COUNT(*) AS letters
FROM letters
WHERE is_stored
GROUP BY game_date
ORDER BY game_date

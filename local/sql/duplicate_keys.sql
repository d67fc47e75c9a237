-- One row: how many keys the readers' view shows more than once. It must be none.
-- @game_date DATE
SELECT COUNT(*) AS duplicate_keys
FROM (
  SELECT player_lookup, system_id, line
  FROM nba_predictions.player_prop_predictions_current
  WHERE game_date = @game_date
  GROUP BY player_lookup, system_id, line
  HAVING COUNT(*) > 1
)

-- One row: one slate between two dates (inclusive), with the run that its features are from, how run history says
-- that it ended, and whether nothing of it is left to compute: it succeeded, with features of the version asked for.
-- @first_date DATE
-- @last_date DATE
-- @feature_version STRING
WITH slates AS (
  SELECT game_date, COUNT(DISTINCT player_lookup) AS players
  FROM nba_analytics.upcoming_player_game_context
  WHERE game_date BETWEEN @first_date AND @last_date
  GROUP BY game_date
),
standing AS (
  SELECT game_date, MAX(feature_run_id) AS run_id, MAX(feature_version) AS feature_version
  FROM nba_predictions.ml_feature_store_v2
  WHERE game_date BETWEEN @first_date AND @last_date
  GROUP BY game_date
),
ended AS (
  SELECT data_date, run_id, MAX(status) AS status
  FROM nba_reference.processor_run_history
  WHERE data_date BETWEEN @first_date AND @last_date
    AND processor_name = 'ml_feature_store_v2'
  GROUP BY data_date, run_id
)
SELECT
  slates.game_date,
  slates.players,
  standing.run_id,
  standing.feature_version,
  ended.status,
  COALESCE(ended.status = 'success' AND standing.feature_version = @feature_version, FALSE) AS is_done
FROM slates
LEFT JOIN standing ON standing.game_date = slates.game_date
LEFT JOIN ended ON ended.data_date = slates.game_date AND ended.run_id = standing.run_id
ORDER BY slates.game_date

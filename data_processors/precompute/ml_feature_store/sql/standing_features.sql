-- One row: one player's features as they stand for a slate, with all that a forecast takes from them, and how run
-- history says that their run ended: null if it says nothing, since the run died before or is about to say it; and
-- whether it was a refresh.
-- @game_date DATE
WITH ended AS (
  SELECT run_id, MAX(status) AS run_status, LOGICAL_OR(triggered_by = 'refresh') AS was_refresh
  FROM nba_reference.processor_run_history
  WHERE data_date = @game_date AND processor_name = 'ml_feature_store_v2'
  GROUP BY run_id
)
SELECT
  f.player_lookup,
  COALESCE(f.input_run_id, f.feature_run_id) AS input_run_id,
  f.status,
  f.feature_version,
  f.feature_names,
  f.features,
  f.is_production_ready,
  f.not_ready_reasons,
  f.quality_score,
  f.created_at,
  ended.run_status,
  ended.was_refresh
FROM nba_predictions.ml_feature_store_v2 AS f
LEFT JOIN ended ON ended.run_id = f.feature_run_id
WHERE f.game_date = @game_date
ORDER BY f.player_lookup, f.created_at

-- One row: one player's features as they are stored for a slate, and whether the run they are from is recorded as
-- one that counts.
-- @game_date DATE
WITH counted_runs AS (
  SELECT DISTINCT run_id
  FROM nba_reference.processor_run_history
  WHERE data_date = @game_date
    AND processor_name = 'ml_feature_store_v2'
    AND status IN ('success', 'partial')
)
SELECT
  f.player_lookup,
  f.feature_run_id,
  f.is_production_ready,
  f.not_ready_reasons,
  f.quality_score,
  counted_runs.run_id IS NOT NULL AS is_counted
FROM nba_predictions.ml_feature_store_v2 AS f
LEFT JOIN counted_runs ON counted_runs.run_id = f.feature_run_id
WHERE f.game_date = @game_date
ORDER BY f.player_lookup

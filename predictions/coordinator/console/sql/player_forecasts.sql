-- One row: one forecast of one system for one player, at his main line or beside it, in one batch; a repeated
-- delivery is the same row. is_current: readers see this one. shown_as: what they see, null of a superseded one.
-- @game_date DATE
-- @player_lookup STRING
WITH seen AS (
  SELECT prediction_id, batch_id, recommendation, is_released
  FROM nba_predictions.player_prop_predictions_current
  WHERE game_date = @game_date AND player_lookup = @player_lookup
)
SELECT
  f.system_id,
  f.mean,
  f.p10,
  f.p50,
  f.p90,
  f.line,
  f.line_offset,
  f.p_over,
  f.over_odds,
  f.under_odds,
  f.quality_score,
  f.feature_run_id,
  f.batch_id,
  f.line_observed_at,
  f.created_at,
  COALESCE(f.is_shadow, FALSE) AS is_shadow,
  f.drivers,
  f.driver_points,
  seen.prediction_id IS NOT NULL AS is_current,
  COALESCE(seen.is_released, FALSE) AS is_released,
  seen.recommendation AS shown_as
FROM nba_predictions.player_prop_predictions AS f
LEFT JOIN seen ON seen.prediction_id = f.prediction_id AND seen.batch_id = f.batch_id
WHERE f.game_date = @game_date AND f.player_lookup = @player_lookup
QUALIFY ROW_NUMBER() OVER (PARTITION BY f.prediction_id, f.batch_id ORDER BY f.created_at DESC) = 1
ORDER BY f.created_at DESC, f.system_id, f.line_offset

-- One row: how much the forecasts of one system that count on a slate differ, at the main lines: those of all
-- players (batch_id is empty), and those of each batch, which a larger one beside it must not hide.
-- @game_date DATE
-- @systems ARRAY<STRING>
SELECT
  f.system_id,
  measured AS batch_id,
  COUNT(*) AS forecasts,
  COUNT(DISTINCT CAST(ROUND(f.mean, 4) AS STRING)) AS distinct_means,
  STDDEV_SAMP(f.mean) AS spread,
  COUNT(f.p_over) AS lines,
  COUNTIF(f.p_over > 1 - f.p_over - COALESCE(f.p_push, 0)) AS leaning_over,
  COUNTIF(f.p_over < 1 - f.p_over - COALESCE(f.p_push, 0)) AS leaning_under,
  STDDEV_SAMP(f.p_over) AS probability_spread
FROM nba_predictions.player_prop_predictions_current AS f
CROSS JOIN UNNEST(['', f.batch_id]) AS measured
WHERE f.game_date = @game_date AND f.line_offset = 0 AND f.system_id IN UNNEST(@systems)
GROUP BY f.system_id, measured
ORDER BY f.system_id, measured

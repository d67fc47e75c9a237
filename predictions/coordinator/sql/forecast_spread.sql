-- One row: how much the newest forecasts of one system on a slate differ at the main line, released or not: those of
-- all players (batch_id is empty), and those of each batch, which a larger one beside it must not hide.
-- @game_date DATE
-- @systems ARRAY<STRING>
WITH newest AS (
  SELECT
    system_id,
    batch_id,
    IF(line_offset = 0, mean, NULL) AS mean,
    IF(line_offset = 0, p_over, NULL) AS p_over,
    1 - p_over - COALESCE(p_push, 0) AS p_under
  FROM nba_predictions.player_prop_predictions
  WHERE game_date = @game_date AND system_id IN UNNEST(@systems)
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY player_lookup, system_id, CAST(ROUND(line_offset * 100) AS INT64)
    ORDER BY
      feature_run_started_at DESC,
      COALESCE(line_observed_at, TIMESTAMP '1970-01-01 00:00:00+00') DESC,
      created_at DESC
  ) = 1
)
SELECT
  f.system_id,
  measured AS batch_id,
  COUNT(f.mean) AS forecasts,
  COUNT(DISTINCT CAST(ROUND(f.mean, 4) AS STRING)) AS distinct_means,
  STDDEV_SAMP(f.mean) AS spread,
  COUNT(f.p_over) AS lines,
  COUNTIF(f.p_over > f.p_under) AS leaning_over,
  COUNTIF(f.p_over < f.p_under) AS leaning_under,
  STDDEV_SAMP(f.p_over) AS probability_spread
FROM newest AS f
CROSS JOIN UNNEST(['', f.batch_id]) AS measured
GROUP BY f.system_id, measured
ORDER BY f.system_id, measured

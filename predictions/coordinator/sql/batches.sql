-- One row: one batch of the slate, with what became of it.
-- @game_date DATE
WITH answered AS (
  SELECT request_id, MIN(created_at) AS answered_at
  FROM nba_predictions.prediction_outcomes
  WHERE game_date = @game_date
  GROUP BY request_id
)
SELECT
  r.batch_id,
  MIN(r.trigger_source) AS trigger_source,
  MIN(r.feature_run_id) AS feature_run_id,
  MIN(r.correlation_id) AS correlation_id,
  COUNT(DISTINCT r.request_id) AS players_requested,
  COUNT(DISTINCT answered.request_id) AS players_answered,
  MIN(r.requested_at) AS requested_at,
  MAX(answered.answered_at) AS last_answer_at
FROM nba_predictions.prediction_requests AS r
LEFT JOIN answered ON answered.request_id = r.request_id
WHERE r.game_date = @game_date
GROUP BY r.batch_id
ORDER BY requested_at, batch_id

-- One row: how far the slate's newest batch is, whose requests stand, and whether somebody may still answer one.
-- @game_date DATE
SELECT
  MAX(r.batch_id) AS requested_batch,
  COUNT(DISTINCT r.request_id) AS batch_requested,
  COUNT(DISTINCT o.request_id) AS batch_done,
  COALESCE(LOGICAL_OR(
    o.request_id IS NULL
    AND {still_at_work}
  ), FALSE) AS batch_is_in_flight
FROM nba_predictions.prediction_requests AS r
INNER JOIN nba_reference.slates AS newest ON newest.game_date = r.game_date AND newest.batch_id = r.batch_id
LEFT JOIN nba_predictions.prediction_outcomes AS o
  ON o.request_id = r.request_id AND o.game_date = @game_date
WHERE r.game_date = @game_date

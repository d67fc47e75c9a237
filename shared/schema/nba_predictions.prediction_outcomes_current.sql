-- One row: the outcome of one player's input on a slate: predicted over skipped over failed, then the newest.
CREATE OR REPLACE VIEW nba_predictions.prediction_outcomes_current AS
SELECT *
FROM nba_predictions.prediction_outcomes
WHERE TRUE
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY game_date, player_lookup, input_id
  ORDER BY CASE outcome WHEN 'predicted' THEN 0 WHEN 'skipped' THEN 1 ELSE 2 END, created_at DESC
) = 1;

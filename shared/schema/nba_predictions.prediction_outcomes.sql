-- One row: how one request ended. outcome: predicted, skipped or failed; reason: see shared/outcomes.py.
-- Appended by workers and the coordinator; a repeated delivery appends again, readers use the view.
CREATE TABLE IF NOT EXISTS nba_predictions.prediction_outcomes (
  game_date DATE NOT NULL,
  request_id STRING NOT NULL,
  batch_id STRING NOT NULL,
  player_lookup STRING NOT NULL,
  input_id STRING NOT NULL,
  outcome STRING NOT NULL,
  reason STRING,
  detail STRING,
  correlation_id STRING NOT NULL,
  created_at TIMESTAMP NOT NULL
)
PARTITION BY game_date
CLUSTER BY player_lookup;

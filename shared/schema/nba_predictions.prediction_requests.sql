-- One row: one player, at one line, requested in one batch. Appended by the coordinator after publishing.
CREATE TABLE IF NOT EXISTS nba_predictions.prediction_requests (
  game_date DATE NOT NULL,
  batch_id STRING NOT NULL,
  request_id STRING NOT NULL,
  player_lookup STRING NOT NULL,
  line_offset FLOAT64 NOT NULL,
  input_id STRING NOT NULL,
  feature_run_id STRING NOT NULL,
  trigger_source STRING NOT NULL,
  correlation_id STRING NOT NULL,
  requested_at TIMESTAMP NOT NULL
)
PARTITION BY game_date
CLUSTER BY player_lookup;

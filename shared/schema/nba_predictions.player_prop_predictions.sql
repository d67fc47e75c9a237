-- One row: one forecast of one system for one player and line. Points; probabilities from 0 to 1; odds American.
-- A shadow system is forecast beside the active ones and never recommended. `drivers` are the five features that
-- moved the forecast most, biggest first, and `driver_points` by how many points each of them did.
-- Appended by workers; a repeated delivery appends the same prediction_id again, readers use the view.
CREATE TABLE IF NOT EXISTS nba_predictions.player_prop_predictions (
  game_date DATE NOT NULL,
  prediction_id STRING NOT NULL,
  player_lookup STRING NOT NULL,
  player_id STRING,
  player_name STRING NOT NULL,
  game_id STRING NOT NULL,
  team STRING NOT NULL,
  opponent STRING NOT NULL,
  is_home BOOL NOT NULL,
  system_id STRING NOT NULL,
  mean FLOAT64 NOT NULL,
  p10 FLOAT64 NOT NULL,
  p50 FLOAT64 NOT NULL,
  p90 FLOAT64 NOT NULL,
  line FLOAT64,
  line_offset FLOAT64 NOT NULL,
  over_odds FLOAT64,
  under_odds FLOAT64,
  p_over FLOAT64,
  p_push FLOAT64,
  recommendation STRING NOT NULL,
  quality_score FLOAT64 NOT NULL,
  input_id STRING NOT NULL,
  request_id STRING NOT NULL,
  batch_id STRING NOT NULL,
  feature_run_id STRING NOT NULL,
  feature_run_started_at TIMESTAMP NOT NULL,
  line_observed_at TIMESTAMP,
  build STRING NOT NULL,
  correlation_id STRING NOT NULL,
  created_at TIMESTAMP NOT NULL,
  is_shadow BOOL,
  drivers ARRAY<STRING>,
  driver_points ARRAY<FLOAT64>
)
PARTITION BY game_date
CLUSTER BY player_lookup, system_id;

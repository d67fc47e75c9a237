-- One row: one player of a slate in the newest feature run that was good enough to stand.
-- Written by Phase 4, the whole date at once. status: the player's as these features saw it. input_run_id: the run
-- in which what a forecast of him rests on last changed; a refresh hands it on. Null: feature_run_id.
CREATE TABLE IF NOT EXISTS nba_predictions.ml_feature_store_v2 (
  game_date DATE NOT NULL,
  player_lookup STRING NOT NULL,
  feature_run_id STRING NOT NULL,
  feature_run_started_at TIMESTAMP NOT NULL,
  feature_version STRING NOT NULL,
  feature_names ARRAY<STRING>,
  features ARRAY<FLOAT64>,
  is_production_ready BOOL NOT NULL,
  not_ready_reasons ARRAY<STRING>,
  quality_score FLOAT64 NOT NULL,
  created_at TIMESTAMP NOT NULL,
  status STRING,
  input_run_id STRING
)
PARTITION BY game_date
CLUSTER BY player_lookup;

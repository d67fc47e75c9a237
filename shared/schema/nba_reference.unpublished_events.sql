-- One row: one event that could not be published, or a later state of it (stored, published).
CREATE TABLE IF NOT EXISTS nba_reference.unpublished_events (
  game_date DATE NOT NULL,
  run_id STRING NOT NULL,
  state STRING NOT NULL,
  topic STRING NOT NULL,
  body STRING NOT NULL,
  attributes JSON,
  reason STRING,
  created_at TIMESTAMP NOT NULL
)
PARTITION BY game_date;

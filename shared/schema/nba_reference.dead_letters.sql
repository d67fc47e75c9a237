-- One row: one message that could not be handled, or a later state of it (stored, replayed, discarded).
CREATE TABLE IF NOT EXISTS nba_reference.dead_letters (
  game_date DATE NOT NULL,
  message_id STRING NOT NULL,
  state STRING NOT NULL,
  source_subscription STRING NOT NULL,
  delivery_attempts INT64,
  reason STRING NOT NULL,
  body STRING NOT NULL,
  attributes JSON,
  created_at TIMESTAMP NOT NULL
)
PARTITION BY game_date;

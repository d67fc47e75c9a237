-- One row: one message that could not be handled, or a later state of it (stored, replayed, discarded).
-- body_base64: the bytes themselves, where the text of body does not give them back.
CREATE TABLE IF NOT EXISTS nba_reference.dead_letters (
  game_date DATE NOT NULL,
  message_id STRING NOT NULL,
  state STRING NOT NULL,
  source_subscription STRING NOT NULL,
  delivery_attempts INT64,
  reason STRING NOT NULL,
  body STRING NOT NULL,
  attributes JSON,
  created_at TIMESTAMP NOT NULL,
  body_base64 STRING
)
PARTITION BY game_date;

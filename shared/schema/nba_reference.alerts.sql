-- One row: one alert that was sent, or that its cause is over. It confirms what stands on the slate's row.
-- message_id: the message that carried it; a digest carries several.
CREATE TABLE IF NOT EXISTS nba_reference.alerts (
  game_date DATE NOT NULL,
  kind STRING NOT NULL,
  severity STRING NOT NULL,
  title STRING NOT NULL,
  text STRING NOT NULL,
  raised_at TIMESTAMP NOT NULL,
  sent_at TIMESTAMP NOT NULL,
  message_id STRING
)
PARTITION BY game_date;

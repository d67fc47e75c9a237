-- One row: one alert that was sent. It confirms the kind that stands on the slate's row.
CREATE TABLE IF NOT EXISTS nba_reference.alerts (
  game_date DATE NOT NULL,
  kind STRING NOT NULL,
  severity STRING NOT NULL,
  title STRING NOT NULL,
  text STRING NOT NULL,
  raised_at TIMESTAMP NOT NULL,
  sent_at TIMESTAMP NOT NULL
)
PARTITION BY game_date;

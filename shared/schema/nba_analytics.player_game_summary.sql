-- One row: one player in one game he played. Written by Phase 3; a correction is a newer row.
CREATE TABLE IF NOT EXISTS nba_analytics.player_game_summary (
  game_date DATE NOT NULL,
  game_id STRING NOT NULL,
  player_lookup STRING NOT NULL,
  player_id STRING,
  player_name STRING NOT NULL,
  team STRING NOT NULL,
  opponent STRING NOT NULL,
  is_home BOOL NOT NULL,
  minutes FLOAT64 NOT NULL,
  points FLOAT64 NOT NULL,
  fgm FLOAT64,
  fga FLOAT64,
  fg3m FLOAT64,
  fg3a FLOAT64,
  ftm FLOAT64,
  fta FLOAT64,
  oreb FLOAT64,
  dreb FLOAT64,
  assists FLOAT64,
  steals FLOAT64,
  blocks FLOAT64,
  turnovers FLOAT64,
  fouls FLOAT64,
  plus_minus FLOAT64,
  loaded_at TIMESTAMP NOT NULL
)
PARTITION BY game_date
CLUSTER BY player_lookup;

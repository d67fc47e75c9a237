-- One row: one player on a slate. Written by Phase 3, the whole date at once.
-- status: ACTIVE, PROBABLE, QUESTIONABLE, DOUBTFUL or OUT. projected_minutes is null for a newcomer.
CREATE TABLE IF NOT EXISTS nba_analytics.upcoming_player_game_context (
  game_date DATE NOT NULL,
  game_id STRING NOT NULL,
  player_lookup STRING NOT NULL,
  player_id STRING,
  player_name STRING NOT NULL,
  team STRING NOT NULL,
  opponent STRING NOT NULL,
  is_home BOOL NOT NULL,
  status STRING NOT NULL,
  projected_minutes FLOAT64,
  line FLOAT64,
  over_odds FLOAT64,
  under_odds FLOAT64,
  line_observed_at TIMESTAMP,
  observed_at TIMESTAMP NOT NULL
)
PARTITION BY game_date
CLUSTER BY player_lookup;

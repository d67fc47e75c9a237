-- One row: the forecast that counts, per slate, player, system and distance from the main line (0 is the main
-- line itself, so a moved line supersedes): from the newest feature run, then the line seen last, then the newest.
CREATE OR REPLACE VIEW nba_predictions.player_prop_predictions_current AS
SELECT *
FROM nba_predictions.player_prop_predictions
WHERE TRUE
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY game_date, player_lookup, system_id, CAST(ROUND(line_offset * 100) AS INT64)  -- floats may not
  ORDER BY
    feature_run_started_at DESC,
    COALESCE(line_observed_at, TIMESTAMP '1970-01-01 00:00:00+00') DESC,
    created_at DESC
) = 1;

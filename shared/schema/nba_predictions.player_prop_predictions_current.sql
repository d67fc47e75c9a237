-- One row: the forecast that counts, per slate, player, system and distance from the main line (0 is the main
-- line itself, so a moved line supersedes): from the newest feature run, then the line seen last, then the newest.
-- Until its batch was judged sound a forecast is not released, and OVER and UNDER read PASS; the table keeps what
-- the system said.
CREATE OR REPLACE VIEW nba_predictions.player_prop_predictions_current AS
WITH newest AS (
  SELECT *
  FROM nba_predictions.player_prop_predictions
  WHERE TRUE
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY game_date, player_lookup, system_id, CAST(ROUND(line_offset * 100) AS INT64)  -- floats may not
    ORDER BY
      feature_run_started_at DESC,
      COALESCE(line_observed_at, TIMESTAMP '1970-01-01 00:00:00+00') DESC,
      created_at DESC
  ) = 1
),
judged AS (
  SELECT
    newest.*,
    COALESCE(
      STRPOS(CONCAT(';', slate.released_batches, ';'), CONCAT(';', newest.batch_id, ';')) > 0, FALSE
    ) AS is_released
  FROM newest
  LEFT JOIN nba_reference.slates AS slate ON slate.game_date = newest.game_date
)
SELECT
  * REPLACE (
    IF(recommendation IN ('OVER', 'UNDER') AND NOT is_released, 'PASS', recommendation) AS recommendation
  )
FROM judged;

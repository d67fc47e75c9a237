-- One row: the forecast that counts, per slate, player, system and distance from the main line (0 is the main
-- line itself, so a moved line supersedes): from the newest feature run, then the line seen last, then the input
-- forecast last, and of that input a released one before a newer. Until its batch was judged sound a forecast is
-- not released, and OVER and UNDER read PASS; the table keeps what the system said.
CREATE OR REPLACE VIEW nba_predictions.player_prop_predictions_current AS
WITH judged AS (
  SELECT
    forecast.*,
    COALESCE(
      STRPOS(CONCAT(';', slate.released_batches, ';'), CONCAT(';', forecast.batch_id, ';')) > 0, FALSE
    ) AS is_released,
    MAX(forecast.created_at) OVER (
      PARTITION BY
        forecast.game_date,
        forecast.player_lookup,
        forecast.system_id,
        CAST(ROUND(forecast.line_offset * 100) AS INT64),  -- floats may not
        forecast.input_id
    ) AS input_forecast_at
  FROM nba_predictions.player_prop_predictions AS forecast
  LEFT JOIN nba_reference.slates AS slate ON slate.game_date = forecast.game_date
)
SELECT
  * EXCEPT (input_forecast_at)
  REPLACE (
    IF(recommendation IN ('OVER', 'UNDER') AND NOT is_released, 'PASS', recommendation) AS recommendation
  )
FROM judged
WHERE TRUE
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY game_date, player_lookup, system_id, CAST(ROUND(line_offset * 100) AS INT64)
  ORDER BY
    feature_run_started_at DESC,
    COALESCE(line_observed_at, TIMESTAMP '1970-01-01 00:00:00+00') DESC,
    input_forecast_at DESC,
    is_released DESC,
    created_at DESC
) = 1;

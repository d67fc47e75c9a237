-- One row: what has changed on a slate since its forecasts and its features, how it is held, and whether features
-- stand whose run is not recorded, or was a refresh that failed once they stood. A status has changed if the features
-- saw another, did not know the player, or know one who is gone; features without a status, written before they had
-- one, tell nothing. Ruled out is who is OUT or DOUBTFUL now and was neither.
WITH slate_players AS (
  {slate_players}
),
compared AS (
  SELECT
    player_lookup,
    is_expected AND is_line_moved AS is_line_moved,
    IF(
      feature_run_id IS NULL,
      (SELECT COUNT(*) > 0 FROM slate_players WHERE feature_run_id IS NOT NULL),
      COALESCE(status != status_at_features, FALSE)
    ) AS is_status_changed,
    status IN ('OUT', 'DOUBTFUL')
      AND COALESCE(status_at_features NOT IN ('OUT', 'DOUBTFUL'), TRUE) AS is_ruled_out
  FROM slate_players
  WHERE line_offset = 0
),
counts AS (
  SELECT
    COUNTIF(is_line_moved) AS lines_moved,
    COUNTIF(is_status_changed) AS statuses_changed,
    ARRAY_AGG(IF(is_status_changed AND is_ruled_out, player_lookup, NULL) IGNORE NULLS) AS ruled_out
  FROM compared
),
recorded AS (
  SELECT DISTINCT run_id
  FROM nba_reference.processor_run_history
  WHERE data_date = @game_date
    AND processor_name = 'ml_feature_store_v2'
    AND (status != 'failed' OR triggered_by != 'refresh')
),
stored AS (
  SELECT
    COUNT(DISTINCT IF(compared.player_lookup IS NULL, f.player_lookup, NULL)) AS players_gone,
    COUNTIF(recorded.run_id IS NULL) > 0 AS features_are_unrecorded
  FROM nba_predictions.ml_feature_store_v2 AS f
  LEFT JOIN compared ON compared.player_lookup = f.player_lookup
  LEFT JOIN recorded ON recorded.run_id = f.feature_run_id
  WHERE f.game_date = @game_date
)
SELECT
  counts.lines_moved,
  counts.statuses_changed + stored.players_gone AS statuses_changed,
  counts.ruled_out,
  stored.features_are_unrecorded,
  slate.hold
FROM nba_reference.slates AS slate
CROSS JOIN counts
CROSS JOIN stored
WHERE slate.game_date = @game_date

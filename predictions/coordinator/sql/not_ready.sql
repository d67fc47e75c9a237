-- One row: how many rows of the features that stand are kept from use for one reason.
-- @game_date DATE
SELECT reason, COUNT(DISTINCT f.player_lookup) AS players
FROM nba_predictions.ml_feature_store_v2 AS f
CROSS JOIN UNNEST(f.not_ready_reasons) AS reason
WHERE f.game_date = @game_date
GROUP BY reason
ORDER BY players DESC, reason

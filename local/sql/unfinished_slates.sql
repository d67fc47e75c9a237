-- One row: a slate whose batch was under way when the process ended.
SELECT game_date
FROM nba_reference.slates
WHERE state IN ('claimed', 'predicting') AND game_date BETWEEN '2020-01-01' AND '2040-12-31'
ORDER BY game_date

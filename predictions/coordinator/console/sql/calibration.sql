-- One row: the lines of one system on which P(over), pushes left out, lay in one tenth from 0 (0 to 0.1) to 9; how
-- many there are, the mean of what was said, and the share that went over.
-- @first_date DATE
-- @last_date DATE
SELECT
  system_id,
  CAST(FLOOR(LEAST(decided_p_over, 0.999) * 10) AS INT64) AS tenth,
  COUNT(*) AS lines,
  AVG(decided_p_over) AS said,
  AVG(IF(is_over, 1.0, 0.0)) AS happened
FROM nba_predictions.prediction_results
WHERE game_date BETWEEN @first_date AND @last_date AND line_offset = 0 AND decided_p_over IS NOT NULL
GROUP BY system_id, tenth
ORDER BY system_id, tenth

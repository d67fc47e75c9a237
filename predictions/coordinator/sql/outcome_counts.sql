-- One row: how many expected players ended with one outcome and reason.
WITH slate_players AS (
  {slate_players}
)
SELECT outcome, reason, COUNT(*) AS players
FROM slate_players
WHERE is_expected AND line_offset = 0 AND is_terminal
GROUP BY outcome, reason
ORDER BY outcome, reason

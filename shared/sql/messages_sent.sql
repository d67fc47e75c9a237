-- One row: how many messages to people went out since a moment, over all slates; a digest is one.
-- @first_date DATE
-- @since TIMESTAMP
WITH sent AS (
  SELECT severity, COALESCE(message_id, CONCAT(CAST(game_date AS STRING), kind)) AS message_id
  FROM nba_reference.alerts
  WHERE game_date >= @first_date AND sent_at > @since
)
SELECT
  COUNT(DISTINCT message_id) AS messages,
  COUNT(DISTINCT IF(severity = 'critical', message_id, NULL)) AS critical
FROM sent

-- One row: one alert of the slate, or that its cause is over, that was sent; oldest first.
-- @game_date DATE
SELECT kind, severity, title, text, raised_at, sent_at
FROM nba_reference.alerts
WHERE game_date = @game_date
ORDER BY sent_at, kind

-- Changes one row if this kind of alert is new for the slate, none if it was raised before.
-- @game_date DATE
-- @kind STRING
-- @entry STRING
UPDATE nba_reference.slates
SET alerts_raised = CONCAT(alerts_raised, @entry)
WHERE game_date = @game_date AND STRPOS(alerts_raised, CONCAT(';', @kind, '@')) = 0

-- Changes one row if this kind of alert does not stand raised on the slate, none if it does.
-- An entry that says that it was over makes place for the new one.
-- @game_date DATE
-- @kind STRING
-- @entry STRING
UPDATE nba_reference.slates
SET alerts_raised = CONCAT(REGEXP_REPLACE(alerts_raised, CONCAT(';', @kind, ':resolved@[^;]*'), ''), @entry)
WHERE game_date = @game_date AND STRPOS(alerts_raised, CONCAT(';', @kind, '@')) = 0

-- Changes one row if the alert stands raised as it was read, none if somebody has resolved or renewed it.
-- @game_date DATE
-- @entry STRING
-- @resolved STRING
UPDATE nba_reference.slates
SET alerts_raised = REPLACE(alerts_raised, @entry, @resolved)
WHERE game_date = @game_date AND STRPOS(alerts_raised, @entry) > 0

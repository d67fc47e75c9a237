-- Changes one row if the entry stands as it was read and nobody has confirmed it, none if somebody was first.
-- @game_date DATE
-- @kind STRING
-- @tried_at TIMESTAMP
-- @entry STRING
-- @renewed STRING
UPDATE nba_reference.slates
SET alerts_raised = REPLACE(alerts_raised, @entry, @renewed)
WHERE game_date = @game_date
  AND STRPOS(alerts_raised, @entry) > 0
  AND NOT EXISTS (
    SELECT 1 FROM nba_reference.alerts AS sent
    WHERE sent.game_date = @game_date AND sent.kind = @kind AND sent.sent_at >= @tried_at
  )

-- Changes one row if this claim still stands, none if the slate was finished or taken over meanwhile.
-- @game_date DATE
-- @claim_id STRING
-- @state STRING
UPDATE nba_reference.slates
SET state = @state, lease_until = NULL
WHERE game_date = @game_date AND claim_id = @claim_id AND state = 'claimed'

-- One row: who holds the slate now.
-- @game_date DATE
SELECT claim_id, generation
FROM nba_reference.slates
WHERE game_date = @game_date

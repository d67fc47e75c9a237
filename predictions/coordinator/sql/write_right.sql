-- Changes no row: who may do this, may change slates.
-- @game_date DATE
UPDATE nba_reference.slates
SET generation = generation
WHERE game_date = @game_date AND generation < 0

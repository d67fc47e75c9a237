-- Changes one row if the slate still has the generation that was read, none if somebody has changed it since.
-- A claim that was made before goes on: it is released by its id, and finished as it is read then.
-- @game_date DATE
-- @generation INT64
-- @hold STRING
-- @hold_reason STRING
-- @held_by STRING
UPDATE nba_reference.slates
SET generation = @generation + 1, hold = @hold, hold_reason = @hold_reason, held_by = @held_by
WHERE game_date = @game_date AND generation = @generation

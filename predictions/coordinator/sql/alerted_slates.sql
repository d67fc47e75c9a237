-- One row: a slate on which an alert of this kind stands raised, or is over and nobody has been told.
-- @first_date DATE
-- @last_date DATE
-- @kind STRING
SELECT slate.game_date
FROM nba_reference.slates AS slate
WHERE slate.game_date BETWEEN @first_date AND @last_date
  AND (
    STRPOS(slate.alerts_raised, CONCAT(';', @kind, '@')) > 0
    OR (
      STRPOS(slate.alerts_raised, CONCAT(';', @kind, ':resolved@')) > 0
      AND NOT EXISTS (
        SELECT 1 FROM nba_reference.alerts AS sent
        WHERE sent.game_date BETWEEN @first_date AND @last_date
          AND sent.game_date = slate.game_date
          AND sent.kind = CONCAT(@kind, ':resolved')
      )
    )
  )
ORDER BY slate.game_date

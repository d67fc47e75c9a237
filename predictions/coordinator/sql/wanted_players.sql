-- One row: one player (at one line) to be acted upon, with his features and what to do with him: request, skip
-- or close; of one player alone if only_player names him. Feature names and values are JSON texts, which clients read faster than arrays. When there is nobody,
-- one row without a player. Each row carries the generation that stands now.
-- @closing STRING
-- @only_player STRING
WITH slate_players AS (
  {slate_players}
),
actions AS (
  SELECT
    *,
    CASE
      WHEN @only_player NOT IN ('', player_lookup) THEN NULL
      WHEN @closing = 'everyone' AND is_expected AND NOT (is_terminal OR is_in_flight) THEN 'close'
      WHEN @closing = 'everyone' THEN NULL
      WHEN is_wanted THEN 'request'
      WHEN is_to_skip THEN 'skip'
      WHEN @closing = 'not_ready' AND is_waiting THEN 'close'
    END AS action
  FROM slate_players
),
standing AS (
  SELECT
    game_date,
    generation,
    (SELECT MAX(feature_run_id) FROM slate_players) AS standing_run_id
  FROM nba_reference.slates
  WHERE game_date = @game_date
)
SELECT
  standing.generation,
  standing.standing_run_id,
  actions.action,
  actions.player_lookup,
  actions.player_id,
  actions.player_name,
  actions.game_id,
  actions.team,
  actions.opponent,
  actions.is_home,
  actions.line,
  actions.line_offset,
  actions.line_observed_at,
  actions.over_odds,
  actions.under_odds,
  actions.input_id,
  actions.feature_run_started_at,
  actions.feature_version,
  TO_JSON_STRING(actions.feature_names) AS feature_names,
  TO_JSON_STRING(actions.features) AS features,
  actions.quality_score
FROM standing
LEFT JOIN actions ON actions.game_date = standing.game_date AND actions.action IS NOT NULL
ORDER BY actions.player_lookup, actions.line_offset

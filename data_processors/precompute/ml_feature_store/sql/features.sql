-- One row: one player of one slate between two dates (inclusive), with every feature of shared/features.py.
-- A feature is null where no earlier game says anything; the writer puts the default. A slate, a backfill and
-- training run this same text. Games are read from 400 days before a slate up to the day before it, never
-- later: player_past and team_past are the only two ways from a slate to a game that a feature rests on.
-- Five more columns are for the guards of guards.py: what was listed or counted twice, and what has come to an end.
-- @first_date DATE
-- @last_date DATE
WITH
-- The slate as it was last observed. Nobody plays in two games of a day or for two teams: who was seen in two
-- places at once is listed twice.
slate_players AS (
  SELECT
    game_date,
    player_lookup,
    team,
    opponent,
    is_home,
    status,
    projected_minutes,
    COUNT(DISTINCT CONCAT(game_id, ' ', team, ' ', opponent)) OVER (
      PARTITION BY game_date, player_lookup, observed_at
    ) > 1 AS is_listed_twice
  FROM nba_analytics.upcoming_player_game_context
  WHERE game_date BETWEEN @first_date AND @last_date
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY game_date, player_lookup ORDER BY observed_at DESC, game_id DESC, team
  ) = 1
),
-- One player in one game; plays are the possessions that he ended. Null without a full box score.
box_scores AS (
  SELECT
    game_date,
    game_id,
    player_lookup,
    team,
    opponent,
    minutes,
    points,
    fga,
    fg3a,
    fta,
    fga + 0.44 * fta + turnovers AS plays,
    fga + 0.44 * fta + turnovers - oreb AS possessions
  FROM nba_analytics.player_game_summary_current
  WHERE game_date >= DATE_SUB(@first_date, INTERVAL 400 DAY) AND game_date < @last_date
),
-- One team in one game: its players' rows, summed. One player's missing count makes the team's missing.
team_games AS (
  SELECT
    game_date,
    game_id,
    team,
    MAX(opponent) AS opponent,
    SUM(points) AS points,
    SUM(minutes) AS minutes,
    IF(COUNT(plays) = COUNT(*), SUM(plays), NULL) AS plays,
    IF(COUNT(possessions) = COUNT(*), SUM(possessions), NULL) AS possessions
  FROM box_scores
  GROUP BY game_date, game_id, team
),
-- One team in one game, with what it allowed.
team_results AS (
  SELECT
    own.game_date,
    own.game_id,
    own.team,
    own.points,
    own.possessions,
    other.points AS points_allowed,
    other.possessions AS possessions_faced
  FROM team_games AS own
  LEFT JOIN team_games AS other
    ON other.game_date = own.game_date AND other.game_id = own.game_id AND other.team = own.opponent
),
slate_teams AS (
  SELECT game_date, team FROM slate_players
  UNION DISTINCT
  SELECT game_date, opponent AS team FROM slate_players
),
-- One of the last 10 games of one team before one slate.
team_past AS (
  SELECT
    slate_teams.game_date,
    slate_teams.team,
    result.game_date AS played_on,
    result.points,
    result.possessions,
    result.points_allowed,
    result.possessions_faced
  FROM slate_teams
  INNER JOIN team_results AS result ON result.team = slate_teams.team
  WHERE result.game_date < slate_teams.game_date
    AND result.game_date >= DATE_SUB(slate_teams.game_date, INTERVAL 400 DAY)
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY slate_teams.game_date, slate_teams.team ORDER BY result.game_date DESC, result.game_id DESC
  ) <= 10
),
team_form AS (
  SELECT
    game_date,
    team,
    AVG(points) AS points,
    AVG(possessions) AS pace,
    AVG(points_allowed) AS points_allowed,
    100 * SUM(IF(possessions_faced IS NULL, NULL, points_allowed))
      / NULLIF(SUM(possessions_faced), 0) AS defence,
    MAX(played_on) AS last_played_on,
    COUNT(*) - COUNT(DISTINCT played_on) AS games_counted_twice,
    IF(MAX(played_on) = DATE_SUB(game_date, INTERVAL 1 DAY), 1, 0) AS is_back_to_back
  FROM team_past
  GROUP BY game_date, team
),
-- One date of which there are box scores.
league_days AS (
  SELECT DISTINCT game_date FROM box_scores
),
-- One team of one slate: on how many days of the last 30 the league has played since the team did last.
team_pauses AS (
  SELECT
    form.game_date,
    form.team,
    COUNTIF(
      day.game_date > form.last_played_on
      AND day.game_date < form.game_date
      AND day.game_date >= DATE_SUB(form.game_date, INTERVAL 30 DAY)
    ) AS league_days
  FROM team_form AS form
  CROSS JOIN league_days AS day
  GROUP BY form.game_date, form.team
),
-- One date of the last 30 with a slate of its own.
planned_days AS (
  SELECT DISTINCT game_date
  FROM nba_analytics.upcoming_player_game_context
  WHERE game_date BETWEEN DATE_SUB(@first_date, INTERVAL 30 DAY) AND @last_date
),
slate_days AS (
  SELECT slate.game_date, MAX(IF(day.game_date < slate.game_date, day.game_date, NULL)) AS newest_box_score_on
  FROM (SELECT DISTINCT game_date FROM slate_players) AS slate
  CROSS JOIN league_days AS day
  GROUP BY slate.game_date
),
-- One slate before which there are box scores: how many slates have passed since the newest of them.
source_gaps AS (
  SELECT
    slate.game_date,
    COUNTIF(planned.game_date > slate.newest_box_score_on AND planned.game_date < slate.game_date) AS slates
  FROM slate_days AS slate
  CROSS JOIN planned_days AS planned
  WHERE slate.newest_box_score_on IS NOT NULL
  GROUP BY slate.game_date
),
-- One player in one game he was on the floor; team_plays_meanwhile are his team's plays in his minutes.
player_games AS (
  SELECT
    box.*,
    box.plays IS NOT NULL AND box.fg3a IS NOT NULL AS has_box_score,
    own.points AS team_points,
    own.plays * box.minutes / NULLIF(own.minutes / 5, 0) AS team_plays_meanwhile
  FROM box_scores AS box
  INNER JOIN team_games AS own
    ON own.game_date = box.game_date AND own.game_id = box.game_id AND own.team = box.team
  WHERE box.minutes > 0
),
-- One earlier game of one player of one slate; games_ago is 0 for the last one.
player_past AS (
  SELECT
    slate.game_date,
    slate.player_lookup,
    DATE_DIFF(slate.game_date, game.game_date, DAY) AS days_ago,
    game.team = slate.team AS is_for_this_team,
    game.minutes,
    game.points,
    game.fga,
    game.fg3a,
    game.fta,
    game.plays,
    game.has_box_score,
    game.team_points,
    game.team_plays_meanwhile,
    ROW_NUMBER() OVER (
      PARTITION BY slate.game_date, slate.player_lookup ORDER BY game.game_date DESC, game.game_id DESC
    ) - 1 AS games_ago
  FROM slate_players AS slate
  INNER JOIN player_games AS game ON game.player_lookup = slate.player_lookup
  WHERE game.game_date < slate.game_date
    AND game.game_date >= DATE_SUB(slate.game_date, INTERVAL 400 DAY)
),
-- The same, with the weight of the game under each half-life and the windows it falls in.
weighted_past AS (
  SELECT
    *,
    games_ago < 10 AS is_in_10,
    games_ago < 10 AND has_box_score AS is_shooting_in_10,
    has_box_score AND team_plays_meanwhile IS NOT NULL AS has_usage,
    POW(0.5, games_ago / 3) AS weight_3,
    POW(0.5, games_ago / 5) AS weight_5,
    POW(0.5, games_ago / 8) AS weight_8,
    POW(0.5, games_ago / 15) AS weight_15
  FROM player_past
),
player_form AS (
  SELECT
    game_date,
    player_lookup,
    AVG(IF(games_ago < 5, points, NULL)) AS points_avg_5,
    AVG(IF(is_in_10, points, NULL)) AS points_avg_10,
    AVG(IF(games_ago < 20, points, NULL)) AS points_avg_20,
    SUM(points * weight_3) / SUM(weight_3) AS points_ewm_3,
    SUM(points * weight_8) / SUM(weight_8) AS points_ewm_8,
    SUM(points * weight_15) / SUM(weight_15) AS points_ewm_15,
    STDDEV_SAMP(IF(is_in_10, points, NULL)) AS points_std_10,
    MAX(IF(is_in_10, points, NULL)) AS points_max_10,
    AVG(IF(games_ago < 5, minutes, NULL)) AS minutes_avg_5,
    AVG(IF(is_in_10, minutes, NULL)) AS minutes_avg_10,
    SUM(minutes * weight_3) / SUM(weight_3) AS minutes_ewm_3,
    STDDEV_SAMP(IF(is_in_10, minutes, NULL)) AS minutes_std_10,
    AVG(IF(games_ago < 3, minutes, NULL)) - AVG(IF(is_in_10, minutes, NULL)) AS minutes_trend,
    SUM(IF(is_in_10, points, NULL)) / SUM(IF(is_in_10, minutes, NULL)) AS points_per_minute_10,
    SUM(points * weight_15) / SUM(minutes * weight_15) AS points_per_minute_ewm_15,
    SUM(IF(is_in_10 AND has_usage, plays, NULL))
      / NULLIF(SUM(IF(is_in_10 AND has_usage, team_plays_meanwhile, NULL)), 0) AS usage_avg_10,
    SUM(IF(has_usage, plays * weight_5, NULL))
      / NULLIF(SUM(IF(has_usage, team_plays_meanwhile * weight_5, NULL)), 0) AS usage_ewm_5,
    SUM(IF(is_shooting_in_10, fga, NULL)) / SUM(IF(is_shooting_in_10, minutes, NULL)) AS shots_per_minute_10,
    SUM(IF(is_shooting_in_10, fg3a, NULL))
      / NULLIF(SUM(IF(is_shooting_in_10, fga, NULL)), 0) AS three_point_share_10,
    SUM(IF(is_shooting_in_10, fta, NULL))
      / NULLIF(SUM(IF(is_shooting_in_10, fga, NULL)), 0) AS free_throw_rate_10,
    SUM(IF(is_shooting_in_10, points, NULL))
      / NULLIF(2 * SUM(IF(is_shooting_in_10, fga + 0.44 * fta, NULL)), 0) AS true_shooting_10,
    SUM(IF(is_in_10, points, NULL)) / NULLIF(SUM(IF(is_in_10, team_points, NULL)), 0) AS points_share_10,
    COUNT(*) AS games_played,
    COUNT(*) - COUNT(DISTINCT days_ago) AS games_counted_twice,
    DATE_SUB(game_date, INTERVAL MIN(days_ago) DAY) AS last_played_on,
    MIN(days_ago) - 1 AS rest_days,
    COUNTIF(days_ago <= 7) AS games_last_7_days,
    COUNTIF(days_ago <= 14) AS games_last_14_days,
    COUNTIF(games_ago < 20 AND is_for_this_team) AS games_with_team_20
  FROM weighted_past
  GROUP BY game_date, player_lookup
),
-- One player of one slate with a history: how many games his team has played without him since.
absences AS (
  SELECT
    slate.game_date,
    slate.player_lookup,
    COUNTIF(result.game_date > form.last_played_on AND result.game_date < slate.game_date) AS team_games
  FROM slate_players AS slate
  INNER JOIN player_form AS form
    ON form.game_date = slate.game_date AND form.player_lookup = slate.player_lookup
  INNER JOIN team_results AS result ON result.team = slate.team
  GROUP BY slate.game_date, slate.player_lookup
)
SELECT
  slate.game_date,
  slate.player_lookup,
  slate.status,
  slate.projected_minutes,
  form.points_avg_5,
  form.points_avg_10,
  form.points_avg_20,
  form.points_ewm_3,
  form.points_ewm_8,
  form.points_ewm_15,
  form.points_std_10,
  form.points_max_10,
  form.minutes_avg_5,
  form.minutes_avg_10,
  form.minutes_ewm_3,
  form.minutes_std_10,
  form.minutes_trend,
  form.points_per_minute_10,
  form.points_per_minute_ewm_15,
  form.usage_avg_10,
  form.usage_ewm_5,
  form.shots_per_minute_10,
  form.three_point_share_10,
  form.free_throw_rate_10,
  form.true_shooting_10,
  form.points_share_10,
  CAST(COALESCE(form.games_played, 0) AS FLOAT64) AS games_played,
  CAST(form.rest_days AS FLOAT64) AS rest_days,
  CAST(COALESCE(form.games_last_7_days, 0) AS FLOAT64) AS games_last_7_days,
  CAST(COALESCE(form.games_last_14_days, 0) AS FLOAT64) AS games_last_14_days,
  CAST(team.is_back_to_back AS FLOAT64) AS is_back_to_back,
  CAST(IF(slate.is_home, 1, 0) AS FLOAT64) AS is_home,
  other.points_allowed AS opponent_points_allowed_10,
  other.defence AS opponent_defence_10,
  other.pace AS opponent_pace_10,
  team.points AS team_points_10,
  team.pace AS team_pace_10,
  CAST(COALESCE(form.games_with_team_20, 0) AS FLOAT64) AS games_with_team_20,
  slate.is_listed_twice,
  COALESCE(form.games_counted_twice, 0)
    + COALESCE(team.games_counted_twice, 0)
    + COALESCE(other.games_counted_twice, 0) AS games_counted_twice,
  source_gaps.slates AS slates_since_box_scores,  -- null: there are no box scores at all
  COALESCE(pause.league_days, 0) AS league_days_since_team,
  COALESCE(absence.team_games, 0) AS team_games_since_player
FROM slate_players AS slate
LEFT JOIN player_form AS form
  ON form.game_date = slate.game_date AND form.player_lookup = slate.player_lookup
LEFT JOIN team_form AS team
  ON team.game_date = slate.game_date AND team.team = slate.team
LEFT JOIN team_form AS other
  ON other.game_date = slate.game_date AND other.team = slate.opponent
LEFT JOIN team_pauses AS pause
  ON pause.game_date = slate.game_date AND pause.team = slate.team
LEFT JOIN absences AS absence
  ON absence.game_date = slate.game_date AND absence.player_lookup = slate.player_lookup
LEFT JOIN source_gaps ON source_gaps.game_date = slate.game_date
ORDER BY slate.game_date, slate.player_lookup

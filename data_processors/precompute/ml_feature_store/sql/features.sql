-- One row: one player of one slate between two dates (inclusive), with every feature of shared/features.py.
-- A feature is null where no earlier game says anything; the writer puts the default. A slate, a backfill and
-- training run this same text. Games are read from 400 days before a slate up to the day before it, never
-- later: player_past and team_past are the only two ways from a slate to a game that a feature rests on. What was
-- usual of those who played in such a game counts in the last 200 days only, so that the 200 days before each are
-- always read, whether a slate is computed alone or among others.
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
-- One player in one game he was on the floor. Plays are the possessions that he ended; bulk is what rebounds and
-- blocks, less assists, say of his style. Null without a full box score.
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
    fgm - fg3m AS fg2m,
    fg3m,
    ftm,
    fga + 0.44 * fta + turnovers AS plays,
    fga + 0.44 * fta + turnovers - oreb AS possessions,
    (oreb + dreb) / 3 + blocks / 1.4 - assists / 2.5 AS bulk
  FROM nba_analytics.player_game_summary_current
  WHERE game_date >= DATE_SUB(@first_date, INTERVAL 400 DAY) AND game_date < @last_date AND minutes > 0
),
-- The same, with what was usual of him until the day before: minutes and points a minute (null: he had not
-- played), and playing style: guards are under -0.7, big men over 1. Rates are drawn to the league's by 60 minutes.
usual_box_scores AS (
  SELECT
    *,
    COALESCE(AVG(minutes) OVER last_30_days, AVG(minutes) OVER last_200_days) AS usual_minutes,
    (SUM(points) OVER last_200_days + 60 * 0.43) / (SUM(minutes) OVER last_200_days + 60) AS usual_rate,
    COALESCE(
      36 * (SUM(bulk) OVER last_200_days + 60 * 0.03362)
        / (SUM(IF(bulk IS NULL, NULL, minutes)) OVER last_200_days + 60) - 1.30476,
      0
    ) AS playing_style
  FROM box_scores
  WINDOW
    last_30_days AS (
      PARTITION BY player_lookup ORDER BY UNIX_DATE(game_date) RANGE BETWEEN 30 PRECEDING AND 1 PRECEDING
    ),
    last_200_days AS (
      PARTITION BY player_lookup ORDER BY UNIX_DATE(game_date) RANGE BETWEEN 200 PRECEDING AND 1 PRECEDING
    )
),
-- One team in one game: its players' rows, summed. One player's missing count makes the team's missing. Of those
-- who were known: their points, and their usual points in as many minutes; of them the guards' and the big men's.
team_games AS (
  SELECT
    game_date,
    game_id,
    team,
    MAX(opponent) AS opponent,
    SUM(points) AS points,
    SUM(minutes) AS minutes,
    IF(COUNT(plays) = COUNT(*), SUM(plays), NULL) AS plays,
    IF(COUNT(possessions) = COUNT(*), SUM(possessions), NULL) AS possessions,
    IF(COUNT(fga + fg3a) = COUNT(*), SUM(fga), NULL) AS fga,
    IF(COUNT(fga + fg3a) = COUNT(*), SUM(fg3a), NULL) AS fg3a,
    SUM(usual_minutes) AS usual_minutes,
    SUM(usual_minutes * usual_rate) AS usual_points,
    SUM(IF(usual_rate IS NULL, NULL, points)) AS known_points,
    SUM(minutes * usual_rate) AS known_usual,
    SUM(IF(playing_style < -0.7, points, 0)) AS guard_points,
    SUM(IF(playing_style < -0.7, minutes * usual_rate, 0)) AS guard_usual,
    SUM(IF(playing_style > 1, points, 0)) AS big_points,
    SUM(IF(playing_style > 1, minutes * usual_rate, 0)) AS big_usual
  FROM usual_box_scores
  GROUP BY game_date, game_id, team
),
-- One team in one game, with what it allowed.
team_results AS (
  SELECT
    own.game_date,
    own.game_id,
    own.team,
    own.points,
    own.minutes,
    own.plays,
    own.possessions,
    own.usual_minutes,
    own.usual_points,
    other.points AS points_allowed,
    other.possessions AS possessions_faced,
    other.fga AS fga_allowed,
    other.fg3a AS fg3a_allowed,
    other.usual_points AS usual_points_faced,
    other.known_points AS known_allowed,
    other.known_usual AS known_faced,
    other.guard_points AS guards_allowed,
    other.guard_usual AS guards_faced,
    other.big_points AS bigs_allowed,
    other.big_usual AS bigs_faced
  FROM team_games AS own
  LEFT JOIN team_games AS other
    ON other.game_date = own.game_date AND other.game_id = own.game_id AND other.team = own.opponent
),
slate_teams AS (
  SELECT game_date, team FROM slate_players
  UNION DISTINCT
  SELECT game_date, opponent AS team FROM slate_players
),
-- One earlier game of one team of one slate; games_ago is 0 for the last one.
team_past AS (
  SELECT
    slate_teams.game_date,
    result.game_date AS played_on,
    DATE_DIFF(slate_teams.game_date, result.game_date, DAY) AS days_ago,
    result.* EXCEPT (game_date),
    ROW_NUMBER() OVER (
      PARTITION BY slate_teams.game_date, result.team ORDER BY result.game_date DESC, result.game_id DESC
    ) - 1 AS games_ago
  FROM slate_teams
  INNER JOIN team_results AS result ON result.team = slate_teams.team
  WHERE result.game_date < slate_teams.game_date
    AND result.game_date >= DATE_SUB(slate_teams.game_date, INTERVAL 400 DAY)
),
-- One of a team's last 40 games, with its weight: half after each ten games, less if it was a season ago.
weighted_team_past AS (
  SELECT
    *,
    games_ago < 10 AS is_in_10,
    IF(days_ago <= 200, POW(0.5, games_ago / 10) * IF(days_ago > 120, 0.3, 1), NULL) AS weight
  FROM team_past
  WHERE games_ago < 40
),
team_form AS (
  SELECT
    game_date,
    team,
    AVG(IF(is_in_10, points_allowed, NULL)) AS points_allowed_10,
    100 * SUM(IF(is_in_10 AND possessions_faced IS NOT NULL, points_allowed, NULL))
      / NULLIF(SUM(IF(is_in_10, possessions_faced, NULL)), 0) AS defence_10,
    100 * SUM(IF(possessions_faced IS NULL, NULL, points_allowed * weight))
      / NULLIF(SUM(possessions_faced * weight), 0) AS defence,
    100 * SUM(IF(possessions IS NULL, NULL, points * weight))
      / NULLIF(SUM(possessions * weight), 0) AS offence,
    240 * SUM(possessions * weight) / SUM(IF(possessions IS NULL, NULL, minutes * weight)) AS pace,
    SUM((points - points_allowed) * weight) / SUM(IF(points_allowed IS NULL, NULL, weight)) AS margin,
    AVG(IF(weight IS NULL OR points_allowed IS NULL, NULL, IF(points > points_allowed, 1, 0))) AS win_share,
    SUM(fg3a_allowed * weight) / NULLIF(SUM(fga_allowed * weight), 0) AS threes_allowed,
    -- Drawn to 1 by 100 points: what was usual of those who played one night may be little.
    (SUM(known_allowed * weight) + 100) / (SUM(usual_points_faced * weight) + 100) AS allowed_ratio,
    (SUM(guards_allowed * weight) + 100) / (SUM(guards_faced * weight) + 100) AS guard_ratio,
    (SUM(bigs_allowed * weight) + 100) / (SUM(bigs_faced * weight) + 100) AS big_ratio,
    (SUM((known_allowed - guards_allowed - bigs_allowed) * weight) + 100)
      / (SUM((known_faced - guards_faced - bigs_faced) * weight) + 100) AS wing_ratio,
    MAX(played_on) AS last_played_on,
    COUNT(*) - COUNT(DISTINCT played_on) AS games_counted_twice,
    IF(MAX(played_on) = DATE_SUB(game_date, INTERVAL 1 DAY), 1, 0) AS is_back_to_back
  FROM weighted_team_past
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
-- One player in one game, of whose team-mates something was usual: their usual minutes, by how much their playing
-- style is like his.
similar_team_mates AS (
  SELECT
    own.game_date,
    own.game_id,
    own.player_lookup,
    SUM(mate.usual_minutes * EXP(-0.5 * POW(mate.playing_style - own.playing_style, 2))) AS similar_minutes
  FROM usual_box_scores AS own
  INNER JOIN usual_box_scores AS mate
    ON mate.game_date = own.game_date AND mate.game_id = own.game_id AND mate.team = own.team
  WHERE mate.player_lookup != own.player_lookup
    AND mate.usual_minutes IS NOT NULL
    AND own.game_date >= DATE_SUB(@first_date, INTERVAL 200 DAY)
  GROUP BY own.game_date, own.game_id, own.player_lookup
),
-- One player in one game he was on the floor; team_plays_meanwhile are his team's plays in his minutes. The
-- supply of team-mates is what was usual of those who played: null where nothing was of anybody.
player_games AS (
  SELECT
    box.* EXCEPT (plays, possessions),
    box.plays + box.fg3a IS NOT NULL AS has_box_score,
    box.fg2m + box.ftm + box.fga + box.fg3a + box.fta IS NOT NULL AS has_makes,
    IF(own.plays IS NULL, NULL, box.plays) AS plays,
    own.points AS team_points,
    own.points - own.points_allowed AS margin,
    own.plays * box.minutes / (own.minutes / 5) AS team_plays_meanwhile,
    own.usual_minutes - COALESCE(box.usual_minutes, 0) AS teammates_minutes,
    own.usual_points - COALESCE(box.usual_minutes * box.usual_rate, 0) AS teammates_points,
    COALESCE(mates.similar_minutes, 0) AS similar_minutes
  FROM usual_box_scores AS box
  INNER JOIN team_results AS own
    ON own.game_date = box.game_date AND own.game_id = box.game_id AND own.team = box.team
  LEFT JOIN similar_team_mates AS mates
    ON mates.game_date = box.game_date AND mates.game_id = box.game_id
    AND mates.player_lookup = box.player_lookup
),
-- One earlier game of one player of one slate; games_ago is 0 for the last one.
player_past AS (
  SELECT
    slate.game_date,
    game.game_date AS played_on,
    DATE_DIFF(slate.game_date, game.game_date, DAY) AS days_ago,
    game.* EXCEPT (game_date),
    ROW_NUMBER() OVER (
      PARTITION BY slate.game_date, slate.player_lookup ORDER BY game.game_date DESC, game.game_id DESC
    ) - 1 AS games_ago
  FROM slate_players AS slate
  INNER JOIN player_games AS game ON game.player_lookup = slate.player_lookup
  WHERE game.game_date < slate.game_date
    AND game.game_date >= DATE_SUB(slate.game_date, INTERVAL 400 DAY)
),
-- The same, with the weight of the game under each half-life and the windows it falls in; null where it says
-- nothing of what is weighed.
weighted_past AS (
  SELECT
    *,
    games_ago < 10 AS is_in_10,
    games_ago < 10 AND has_box_score AS is_shooting_in_10,
    POW(0.5, games_ago / 2) AS weight_2,
    POW(0.5, games_ago / 3) AS weight_3,
    POW(0.5, games_ago / 5) AS weight_5,
    POW(0.5, games_ago / 8) AS weight_8,
    POW(0.5, games_ago / 15) AS weight_15,
    POW(0.5, games_ago / 30) AS weight_30,
    POW(0.5, games_ago / 60) AS weight_60,
    IF(ABS(margin) <= 12, POW(0.5, games_ago / 8), NULL) AS close_weight_8,
    IF(has_box_score, POW(0.5, games_ago / 5), NULL) AS shots_weight_5,
    IF(has_box_score, POW(0.5, games_ago / 8), NULL) AS shots_weight_8,
    IF(has_makes, POW(0.5, games_ago / 60), NULL) AS makes_weight_60,
    IF(days_ago <= 200 AND teammates_minutes IS NOT NULL, POW(0.5, games_ago / 5), NULL) AS supply_weight_5,
    IF(days_ago <= 200 AND teammates_minutes IS NOT NULL, POW(0.5, games_ago / 15), NULL) AS supply_weight_15
  FROM player_past
),
player_form AS (
  SELECT
    game_date,
    player_lookup,
    AVG(IF(games_ago < 5, points, NULL)) AS points_avg_5,
    SUM(points * weight_3) / SUM(weight_3) AS points_ewm_3,
    SUM(points * weight_8) / SUM(weight_8) AS points_ewm_8,
    SUM(points * weight_15) / SUM(weight_15) AS points_ewm_15,
    SUM(points * weight_30) / SUM(weight_30) AS points_ewm_30,
    MAX(IF(games_ago = 0, points, NULL)) AS points_last,
    STDDEV_SAMP(IF(is_in_10, points, NULL)) AS points_std_10,
    AVG(IF(games_ago < 5, minutes, NULL)) AS minutes_avg_5,
    AVG(IF(is_in_10, minutes, NULL)) AS minutes_avg_10,
    SUM(minutes * weight_3) / SUM(weight_3) AS minutes_ewm_3,
    SUM(minutes * weight_30) / SUM(weight_30) AS minutes_ewm_30,
    MAX(IF(games_ago = 0, minutes, NULL)) AS minutes_last,
    MAX(IF(games_ago = 1, minutes, NULL)) AS minutes_last_2,
    STDDEV_SAMP(IF(is_in_10, minutes, NULL)) AS minutes_std_10,
    AVG(IF(games_ago < 3, minutes, NULL)) - AVG(IF(is_in_10, minutes, NULL)) AS minutes_trend,
    COALESCE(
      SUM(minutes * close_weight_8) / SUM(close_weight_8),
      SUM(minutes * weight_8) / SUM(weight_8)
    ) AS minutes_close_8,
    MAX(IF(games_ago = 0, margin, NULL)) AS margin_last,
    SUM(ABS(margin) * weight_3) / SUM(IF(margin IS NULL, NULL, weight_3)) AS margin_abs_ewm_3,
    SUM(points * weight_15) / SUM(minutes * weight_15) AS points_per_minute_ewm_15,
    (SUM(points * weight_60) + 60 * 0.43) / (SUM(minutes * weight_60) + 60) AS points_per_minute_ewm_60,
    SUM(IF(is_in_10, plays, NULL)) / NULLIF(SUM(IF(is_in_10, team_plays_meanwhile, NULL)), 0) AS usage_avg_10,
    SUM(plays * weight_2) / NULLIF(SUM(team_plays_meanwhile * weight_2), 0) AS usage_ewm_2,
    SUM(plays * weight_5) / NULLIF(SUM(team_plays_meanwhile * weight_5), 0) AS usage_ewm_5,
    SUM(plays * weight_30) / NULLIF(SUM(team_plays_meanwhile * weight_30), 0) AS usage_ewm_30,
    SUM(IF(is_shooting_in_10, fga, NULL)) / SUM(IF(is_shooting_in_10, minutes, NULL)) AS shots_per_minute_10,
    SUM(fga * shots_weight_5) / SUM(shots_weight_5) AS shots_ewm_5,
    SUM(fga * shots_weight_8) / SUM(shots_weight_8) AS shots_ewm_8,
    SUM(fg3a * shots_weight_8) / SUM(shots_weight_8) AS threes_ewm_8,
    SUM(fta * shots_weight_8) / SUM(shots_weight_8) AS free_throws_ewm_8,
    SUM(IF(is_shooting_in_10, fg3a, NULL))
      / NULLIF(SUM(IF(is_shooting_in_10, fga, NULL)), 0) AS three_point_share_10,
    -- Drawn to the league's accuracies by 60 shots or 25 free throws.
    (SUM(fg3m * makes_weight_60) + 60 * 0.35) / (SUM(fg3a * makes_weight_60) + 60) AS three_point_accuracy,
    (SUM(fg2m * makes_weight_60) + 60 * 0.53)
      / (SUM((fga - fg3a) * makes_weight_60) + 60) AS two_point_accuracy,
    (SUM(ftm * makes_weight_60) + 25 * 0.77) / (SUM(fta * makes_weight_60) + 25) AS free_throw_accuracy,
    SUM(IF(is_shooting_in_10, points, NULL))
      / NULLIF(2 * SUM(IF(is_shooting_in_10, fga + 0.44 * fta, NULL)), 0) AS true_shooting_10,
    SUM(IF(is_in_10, points, NULL)) / NULLIF(SUM(IF(is_in_10, team_points, NULL)), 0) AS points_share_10,
    SUM(teammates_minutes * supply_weight_5) / SUM(supply_weight_5) AS teammates_minutes_5,
    SUM(teammates_points * supply_weight_5) / SUM(supply_weight_5) AS teammates_points_5,
    SUM(teammates_points * supply_weight_15) / SUM(supply_weight_15) AS teammates_points_15,
    SUM(similar_minutes * supply_weight_15) / SUM(supply_weight_15) AS similar_minutes_15,
    -- Usual of him now, by the rules of usual_box_scores; after 200 days away by what is older.
    COALESCE(
      AVG(IF(days_ago <= 30, minutes, NULL)), AVG(IF(days_ago <= 200, minutes, NULL)), AVG(minutes)
    ) AS usual_minutes,
    (SUM(IF(days_ago <= 200, points, 0)) + 60 * 0.43)
      / (SUM(IF(days_ago <= 200, minutes, 0)) + 60) AS usual_rate,
    36 * (SUM(IF(days_ago <= 200, bulk, NULL)) + 60 * 0.03362)
      / (SUM(IF(days_ago <= 200 AND bulk IS NOT NULL, minutes, NULL)) + 60) - 1.30476 AS playing_style,
    COUNT(*) AS games_played,
    COUNTIF(days_ago <= 60) AS games_last_60_days,
    COUNT(*) - COUNT(DISTINCT days_ago) AS games_counted_twice,
    DATE_SUB(game_date, INTERVAL MIN(days_ago) DAY) AS last_played_on,
    MIN(days_ago) - 1 AS rest_days
  FROM weighted_past
  GROUP BY game_date, player_lookup
),
-- One player of one slate with a history: which games of his team he has missed since his last one, and which of
-- its last few he was in. Who has missed none of the last 15 is taken to have been absent just before them.
attendance AS (
  SELECT
    slate.game_date,
    slate.player_lookup,
    COUNTIF(game.played_on > form.last_played_on) AS games_missed,
    COUNTIF(game.games_ago < 10 AND his.player_lookup IS NOT NULL) AS games_of_10,
    COUNTIF(game.games_ago < 5 AND his.player_lookup IS NULL) AS missed_of_5,
    COALESCE(
      MIN(IF(game.games_ago < 15 AND his.player_lookup IS NULL, game.games_ago, NULL)), 15
    ) AS games_since_absence
  FROM slate_players AS slate
  INNER JOIN player_form AS form
    ON form.game_date = slate.game_date AND form.player_lookup = slate.player_lookup
  LEFT JOIN team_past AS game ON game.game_date = slate.game_date AND game.team = slate.team
  LEFT JOIN player_past AS his
    ON his.game_date = game.game_date AND his.player_lookup = slate.player_lookup
    AND his.played_on = game.played_on AND his.game_id = game.game_id
  GROUP BY slate.game_date, slate.player_lookup
),
-- One player of one slate with a history: what is usual of him, and the chance that he plays. Without a word of
-- his status that is how often such players did play who had attended, or missed, as many games.
candidates AS (
  SELECT
    slate.game_date,
    slate.player_lookup,
    slate.team,
    form.usual_minutes,
    form.usual_minutes * form.usual_rate AS usual_points,
    COALESCE(form.playing_style, 0) AS playing_style,
    attended.games_missed,
    attended.missed_of_5,
    CASE
      WHEN slate.status = 'OUT' THEN 0
      WHEN slate.status = 'DOUBTFUL' THEN 0.1
      WHEN attended.games_missed = 0
        THEN LEAST(0.96, 0.30 + 0.022 * LEAST(form.usual_minutes, 20) + 0.022 * attended.games_of_10)
      WHEN attended.games_missed <= 3 THEN 0.62 - 0.16 * attended.games_missed
      ELSE GREATEST(0.08, 0.14 - 0.03 * (attended.games_missed - 3))
    END AS chance
  FROM slate_players AS slate
  INNER JOIN player_form AS form
    ON form.game_date = slate.game_date AND form.player_lookup = slate.player_lookup
  INNER JOIN attendance AS attended
    ON attended.game_date = slate.game_date AND attended.player_lookup = slate.player_lookup
),
-- One player of one slate with a history: the team-mates to expect beside him. His own status says nothing here.
supply AS (
  SELECT
    own.game_date,
    own.player_lookup,
    own.usual_minutes,
    own.usual_points,
    COALESCE(SUM(mate.chance * mate.usual_minutes), 0) AS teammates_minutes,
    COALESCE(SUM(mate.chance * mate.usual_points), 0) AS teammates_points,
    COALESCE(
      SUM(mate.chance * mate.usual_minutes * EXP(-0.5 * POW(mate.playing_style - own.playing_style, 2))), 0
    ) AS similar_minutes,
    SUM(IF(mate.usual_minutes > own.usual_minutes, mate.chance, 0)) AS minutes_rank,
    SUM(IF(mate.usual_points > own.usual_points, mate.chance, 0)) AS scoring_rank,
    MAX(IF(mate.usual_minutes >= 20, (1 - mate.chance) * mate.usual_points, 0)) AS star_absent_points,
    SUM(IF(mate.usual_minutes >= 15, 1 - mate.chance, 0)) AS regulars_absent,
    SUM(
      IF(mate.usual_minutes >= 20 AND mate.games_missed BETWEEN 1 AND 2, mate.usual_minutes, 0)
    ) AS newly_absent_minutes,
    SUM(
      IF(mate.usual_minutes >= 20 AND mate.games_missed = 0 AND mate.missed_of_5 > 0, mate.usual_minutes, 0)
    ) AS returned_minutes
  FROM candidates AS own
  LEFT JOIN candidates AS mate
    ON mate.game_date = own.game_date AND mate.team = own.team AND mate.player_lookup != own.player_lookup
  GROUP BY own.game_date, own.player_lookup, own.usual_minutes, own.usual_points
)
SELECT
  slate.game_date,
  slate.player_lookup,
  slate.status,
  slate.projected_minutes,
  form.points_avg_5,
  form.points_ewm_3,
  form.points_ewm_8,
  form.points_ewm_15,
  form.points_ewm_30,
  form.points_last,
  form.points_std_10,
  3 * form.three_point_accuracy * form.threes_ewm_8
    + 2 * form.two_point_accuracy * (form.shots_ewm_8 - form.threes_ewm_8)
    + form.free_throw_accuracy * form.free_throws_ewm_8 AS points_by_attempts_8,
  form.minutes_avg_5,
  form.minutes_avg_10,
  form.minutes_ewm_3,
  form.minutes_ewm_30,
  form.minutes_last,
  form.minutes_last_2,
  form.minutes_std_10,
  form.minutes_trend,
  form.minutes_close_8,
  form.margin_last,
  form.margin_abs_ewm_3,
  form.points_per_minute_ewm_15,
  form.points_per_minute_ewm_60,
  form.usage_avg_10,
  form.usage_ewm_2,
  form.usage_ewm_5,
  form.usage_ewm_30,
  form.shots_per_minute_10,
  form.shots_ewm_5,
  form.shots_ewm_8,
  form.free_throws_ewm_8,
  form.three_point_share_10,
  form.three_point_accuracy,
  form.two_point_accuracy,
  form.true_shooting_10,
  form.points_share_10,
  form.playing_style,
  CAST(COALESCE(form.games_played, 0) AS FLOAT64) AS games_played,
  CAST(COALESCE(form.games_last_60_days, 0) AS FLOAT64) AS games_last_60_days,
  CAST(form.rest_days AS FLOAT64) AS rest_days,
  CAST(attended.games_since_absence AS FLOAT64) AS games_since_absence,
  112 * (supply.usual_points / (supply.usual_points + supply.teammates_points)) AS points_by_supply,
  240 * (supply.usual_minutes / (supply.usual_minutes + supply.teammates_minutes)) AS minutes_by_supply,
  supply.scoring_rank,
  supply.minutes_rank,
  supply.teammates_points,
  supply.teammates_minutes,
  supply.similar_minutes,
  supply.teammates_points - form.teammates_points_5 AS teammates_points_change_5,
  supply.teammates_points - form.teammates_points_15 AS teammates_points_change_15,
  supply.teammates_minutes - form.teammates_minutes_5 AS teammates_minutes_change_5,
  supply.similar_minutes - form.similar_minutes_15 AS similar_minutes_change_15,
  supply.star_absent_points,
  supply.newly_absent_minutes,
  supply.returned_minutes,
  supply.regulars_absent,
  CAST(team.is_back_to_back AS FLOAT64) AS is_back_to_back,
  CAST(IF(slate.is_home, 1, 0) AS FLOAT64) AS is_home,
  other.points_allowed_10 AS opponent_points_allowed_10,
  other.defence_10 AS opponent_defence_10,
  other.defence AS opponent_defence_ewm,
  other.pace AS opponent_pace_ewm,
  other.threes_allowed AS opponent_threes_allowed,
  other.allowed_ratio AS opponent_allowed_ratio,
  CASE
    WHEN form.playing_style < -0.7 THEN other.guard_ratio
    WHEN form.playing_style > 1 THEN other.big_ratio
    ELSE other.wing_ratio
  END AS opponent_style_ratio,
  team.pace + other.pace AS game_pace,
  (team.offence + other.defence) / 200 * (team.pace + other.pace) / 2 AS team_points_expected,
  team.margin - other.margin + IF(slate.is_home, 2.2, -2.2) AS expected_margin,
  team.win_share AS team_win_share,
  CAST(
    DATE_DIFF(
      slate.game_date, DATE(EXTRACT(YEAR FROM DATE_SUB(slate.game_date, INTERVAL 9 MONTH)), 10, 1), DAY
    ) AS FLOAT64
  ) AS season_day,
  slate.is_listed_twice,
  COALESCE(form.games_counted_twice, 0)
    + COALESCE(team.games_counted_twice, 0)
    + COALESCE(other.games_counted_twice, 0) AS games_counted_twice,
  source_gaps.slates AS slates_since_box_scores,  -- null: there are no box scores at all
  COALESCE(pause.league_days, 0) AS league_days_since_team,
  COALESCE(attended.games_missed, 0) AS team_games_since_player
FROM slate_players AS slate
LEFT JOIN player_form AS form
  ON form.game_date = slate.game_date AND form.player_lookup = slate.player_lookup
LEFT JOIN attendance AS attended
  ON attended.game_date = slate.game_date AND attended.player_lookup = slate.player_lookup
LEFT JOIN supply
  ON supply.game_date = slate.game_date AND supply.player_lookup = slate.player_lookup
LEFT JOIN team_form AS team
  ON team.game_date = slate.game_date AND team.team = slate.team
LEFT JOIN team_form AS other
  ON other.game_date = slate.game_date AND other.team = slate.opponent
LEFT JOIN team_pauses AS pause
  ON pause.game_date = slate.game_date AND pause.team = slate.team
LEFT JOIN source_gaps ON source_gaps.game_date = slate.game_date
ORDER BY slate.game_date, slate.player_lookup

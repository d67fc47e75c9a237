-- One row: one player on the slate at one distance from his main line, and all that the rules ask about him.
-- Shared by every question, so that expected, ready, in flight and done mean one thing.
-- @game_date DATE
-- @min_minutes FLOAT64
-- @default_min_minutes FLOAT64
-- @line_offsets ARRAY<FLOAT64>
-- @requests_per_input INT64
-- @line_move_points FLOAT64
-- @stays_wanted ARRAY<STRING>
-- @accepted_skips ARRAY<STRING>
-- @force BOOL
-- @feature_version STRING
-- @feature_names STRING
WITH context AS (
  SELECT * REPLACE (IF(line BETWEEN 0 AND 200, line, NULL) AS line)  -- a line that cannot be is no line
  FROM nba_analytics.upcoming_player_game_context
  WHERE game_date = @game_date
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY player_lookup ORDER BY observed_at DESC, game_id DESC, team, status, COALESCE(line, -1)
  ) = 1
),
counted_runs AS (
  SELECT run_id, MIN(started_at) AS started_at, MAX(triggered_by) AS triggered_by
  FROM nba_reference.processor_run_history
  WHERE data_date = @game_date
    AND processor_name = 'ml_feature_store_v2'
    AND status IN ('success', 'partial')
  GROUP BY run_id
),
-- The newest run that was no refresh, and the refreshes since: they go on with what that run began.
going_on AS (
  SELECT run_id
  FROM counted_runs
  WHERE TRUE  -- QUALIFY does not stand alone in GoogleSQL
  QUALIFY COALESCE(started_at >= MAX(IF(triggered_by = 'refresh', NULL, started_at)) OVER (), TRUE)
),
-- The features of the newest run that has stored any. What is asked of long columns is asked here, before rows are
-- compared, and nobody carries them further who does not read them.
standing AS (
  SELECT f.feature_run_id
  FROM nba_predictions.ml_feature_store_v2 AS f
  INNER JOIN counted_runs ON counted_runs.run_id = f.feature_run_id
  WHERE f.game_date = @game_date
  GROUP BY f.feature_run_id
  ORDER BY MAX(f.feature_run_started_at) DESC, f.feature_run_id
  LIMIT 1
),
features AS (
  SELECT
    f.*,
    COUNT(*) OVER (PARTITION BY f.player_lookup) > 1 AS is_twice,
    -- Nothing is ready that does not say so, in this version of the contract, and without a reason against.
    f.is_production_ready
      AND COALESCE(ARRAY_LENGTH(f.not_ready_reasons), 0) = 0
      AND f.quality_score BETWEEN 0 AND 100
      AND f.feature_version = @feature_version
      AND ARRAY_TO_STRING(f.feature_names, ',') = @feature_names
      AND ARRAY_LENGTH(f.features) = ARRAY_LENGTH(f.feature_names) AS is_sound,
    NOT f.is_production_ready AND ARRAY_TO_STRING(f.not_ready_reasons, ',') = 'no_history' AS is_newcomer
  FROM nba_predictions.ml_feature_store_v2 AS f
  INNER JOIN standing ON standing.feature_run_id = f.feature_run_id
  WHERE f.game_date = @game_date
  QUALIFY ROW_NUMBER() OVER (PARTITION BY f.player_lookup ORDER BY f.created_at DESC) = 1
),
slate AS (
  -- What a request asks for, else what was kept with the batch of this feature run, or of one that refreshes
  -- have gone on with, else what is configured.
  SELECT
    COALESCE(
      @min_minutes,
      IF(feature_run_id IN (SELECT run_id FROM going_on), min_minutes, NULL),
      @default_min_minutes
    ) AS min_minutes
  FROM nba_reference.slates
  WHERE game_date = @game_date
),
inputs AS (
  SELECT
    slate.min_minutes,
    context.* EXCEPT (line, line_observed_at, observed_at),
    context.observed_at AS line_observed_at,  -- the line as we saw it, or that there was none
    line_offset,
    context.line + line_offset AS line,
    context.status NOT IN ('OUT', 'DOUBTFUL')
      AND COALESCE(context.projected_minutes >= slate.min_minutes, TRUE) AS is_expected,
    COALESCE(features.is_sound AND NOT features.is_twice, FALSE) AS is_ready,
    COALESCE(features.is_newcomer AND NOT features.is_twice, FALSE) AS has_no_history,
    features.feature_run_id,
    features.feature_run_started_at,
    features.feature_version,
    features.feature_names,
    features.features,
    features.quality_score,
    features.not_ready_reasons,
    features.status AS status_at_features,
    -- The two parts of an input_id that stand before and after the line, which is counted in hundredths.
    CONCAT(COALESCE(features.input_run_id, features.feature_run_id, 'no run'), '|') AS before_line,
    CAST(ROUND((context.line + line_offset) * 100) AS INT64) AS hundredths,
    CONCAT('|', context.status, '|', CAST(CAST(ROUND(line_offset * 100) AS INT64) AS STRING)) AS after_line
  FROM context
  CROSS JOIN slate
  CROSS JOIN UNNEST(@line_offsets) AS line_offset
  LEFT JOIN features ON features.player_lookup = context.player_lookup
  WHERE line_offset = 0 OR context.line IS NOT NULL
),
answered AS (
  SELECT DISTINCT request_id
  FROM nba_predictions.prediction_outcomes
  WHERE game_date = @game_date
),
requests AS (
  SELECT
    r.player_lookup,
    r.input_id,
    COUNT(DISTINCT r.request_id) AS request_count,
    MAX(r.requested_at) AS last_requested_at,
    LOGICAL_OR(
      answered.request_id IS NULL
      AND {still_at_work}
    ) AS is_in_flight
  FROM nba_predictions.prediction_requests AS r
  LEFT JOIN answered ON answered.request_id = r.request_id
  WHERE r.game_date = @game_date
  GROUP BY r.player_lookup, r.input_id
),
covered AS (
  SELECT player_lookup
  FROM nba_predictions.player_prop_predictions
  WHERE game_date = @game_date
  UNION DISTINCT
  SELECT player_lookup
  FROM nba_predictions.prediction_outcomes
  WHERE game_date = @game_date AND reason IN UNNEST(@accepted_skips)
),
-- The newest of the forecasts of one player at one distance, which is one that readers see. Its systems were asked
-- together, so that their rows are alike here.
forecasts AS (
  SELECT DISTINCT
    player_lookup,
    CAST(ROUND(line_offset * 100) AS INT64) AS offset_hundredths,
    input_id,
    feature_run_started_at,
    COALESCE(line_observed_at, TIMESTAMP '1970-01-01 00:00:00+00') AS line_observed_at,
    created_at,
    CAST(ROUND(line * 100) AS INT64) AS hundredths
  FROM nba_predictions.player_prop_predictions
  WHERE game_date = @game_date
),
seen AS (
  SELECT *
  FROM forecasts
  WHERE TRUE
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY player_lookup, offset_hundredths
    ORDER BY feature_run_started_at DESC, line_observed_at DESC, created_at DESC, input_id
  ) = 1
),
-- A line that has moved by no more than the threshold since the forecast that readers see is that forecast's line:
-- if nothing else has changed, the input is still the one it was made from. Force takes the line as it is.
identified AS (
  SELECT
    inputs.* EXCEPT (before_line, after_line, hundredths),
    IF(
      NOT @force
        AND COALESCE(
          ABS(inputs.hundredths - seen.hundredths) <= ROUND(@line_move_points * 100)
            AND seen.input_id = TO_HEX(MD5(CONCAT(before_line, CAST(seen.hundredths AS STRING), after_line))),
          FALSE
        ),
      seen.input_id,
      TO_HEX(MD5(CONCAT(before_line, COALESCE(CAST(inputs.hundredths AS STRING), 'no line'), after_line)))
    ) AS input_id,
    seen.input_id AS seen_input_id,
    COALESCE(
      seen.input_id IS NOT NULL
        AND (
          (inputs.hundredths IS NULL) != (seen.hundredths IS NULL)
          OR ABS(inputs.hundredths - seen.hundredths) > ROUND(@line_move_points * 100)
        ),
      FALSE
    ) AS is_line_moved,
    COALESCE(
      COALESCE(inputs.hundredths, -1) != COALESCE(seen.hundredths, -1)
        AND seen.feature_run_started_at <= inputs.feature_run_started_at,
      FALSE
    ) AS is_seen_at_another_line
  FROM inputs
  LEFT JOIN seen
    ON seen.player_lookup = inputs.player_lookup
    AND seen.offset_hundredths = CAST(ROUND(inputs.line_offset * 100) AS INT64)
),
states AS (
  SELECT
    identified.*,
    COALESCE(outcomes.outcome, 'none') AS outcome,
    COALESCE(outcomes.reason, 'none') AS reason,
    outcomes.detail,
    outcomes.created_at AS last_answered_at,
    COALESCE(requests.request_count, 0) AS request_count,
    requests.last_requested_at,
    outcomes.outcome IS NOT NULL
      AND NOT (
        COALESCE(outcomes.reason IN UNNEST(@stays_wanted), FALSE)
        AND COALESCE(requests.request_count, 0) < @requests_per_input
      )
      -- A line that went and came back: readers see the forecast of the line in between.
      AND NOT (
        outcomes.outcome = 'predicted'
        AND identified.input_id != seen_input_id
        AND is_seen_at_another_line
      ) AS is_terminal,
    COALESCE(requests.is_in_flight, FALSE) AS is_in_flight,
    covered.player_lookup IS NOT NULL AS is_covered
  FROM identified
  LEFT JOIN nba_predictions.prediction_outcomes_current AS outcomes
    ON outcomes.game_date = @game_date
    AND outcomes.player_lookup = identified.player_lookup
    AND outcomes.input_id = identified.input_id
  LEFT JOIN requests
    ON requests.player_lookup = identified.player_lookup AND requests.input_id = identified.input_id
  LEFT JOIN covered ON covered.player_lookup = identified.player_lookup
)
SELECT
  *,
  is_expected AND is_ready AND (@force OR NOT (is_terminal OR is_in_flight)) AS is_wanted,
  is_expected AND has_no_history AND NOT (is_ready OR is_terminal OR is_in_flight) AS is_to_skip,
  is_expected AND NOT (is_ready OR has_no_history OR is_terminal OR is_in_flight) AS is_waiting
FROM states

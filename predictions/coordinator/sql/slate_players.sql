-- One row: one player on the slate at one distance from his main line, and all that the rules ask about him.
-- Shared by every question, so that expected, ready, in flight and done mean one thing.
-- @game_date DATE
-- @min_minutes FLOAT64
-- @default_min_minutes FLOAT64
-- @line_offsets ARRAY<FLOAT64>
-- @requests_per_input INT64
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
  SELECT DISTINCT run_id
  FROM nba_reference.processor_run_history
  WHERE data_date = @game_date
    AND processor_name = 'ml_feature_store_v2'
    AND status IN ('success', 'partial')
),
features AS (
  SELECT f.*, COUNT(*) OVER (PARTITION BY f.player_lookup, f.feature_run_id) > 1 AS is_twice
  FROM nba_predictions.ml_feature_store_v2 AS f
  INNER JOIN counted_runs ON counted_runs.run_id = f.feature_run_id
  WHERE f.game_date = @game_date
  QUALIFY f.feature_run_id = FIRST_VALUE(f.feature_run_id) OVER (
      ORDER BY f.feature_run_started_at DESC, f.feature_run_id
    )
    AND ROW_NUMBER() OVER (
      PARTITION BY f.player_lookup ORDER BY f.feature_run_started_at DESC, f.created_at DESC
    ) = 1
),
slate AS (
  -- What a request asks for, else what was kept with the batch of this feature run, else what is configured.
  SELECT
    COALESCE(
      @min_minutes,
      IF(feature_run_id = (SELECT MAX(feature_run_id) FROM features), min_minutes, NULL),
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
    -- Nothing is ready that does not say so, in this version of the contract, once, and without a reason against.
    COALESCE(
      features.is_production_ready
        AND NOT features.is_twice
        AND COALESCE(ARRAY_LENGTH(features.not_ready_reasons), 0) = 0
        AND features.quality_score BETWEEN 0 AND 100
        AND features.feature_version = @feature_version
        AND ARRAY_TO_STRING(features.feature_names, ',') = @feature_names
        AND ARRAY_LENGTH(features.features) = ARRAY_LENGTH(features.feature_names),
      FALSE
    ) AS is_ready,
    COALESCE(
      NOT (features.is_production_ready OR features.is_twice)
        AND ARRAY_TO_STRING(features.not_ready_reasons, ',') = 'no_history',
      FALSE
    ) AS has_no_history,
    features.feature_run_id,
    features.feature_run_started_at,
    features.feature_version,
    features.feature_names,
    features.features,
    features.quality_score,
    TO_HEX(MD5(CONCAT(
      COALESCE(features.feature_run_id, 'no run'),
      '|',
      COALESCE(CAST(CAST(ROUND((context.line + line_offset) * 100) AS INT64) AS STRING), 'no line'),
      '|',
      context.status,
      '|',
      CAST(CAST(ROUND(line_offset * 100) AS INT64) AS STRING)
    ))) AS input_id
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
seen AS (
  SELECT
    player_lookup,
    line_offset,
    MIN(COALESCE(line, -1)) AS lowest,
    MAX(COALESCE(line, -1)) AS highest
  FROM nba_predictions.player_prop_predictions_current
  WHERE game_date = @game_date
  GROUP BY player_lookup, line_offset
),
states AS (
  SELECT
    inputs.*,
    COALESCE(outcomes.outcome, 'none') AS outcome,
    COALESCE(outcomes.reason, 'none') AS reason,
    outcomes.outcome IS NOT NULL
      AND NOT (
        COALESCE(outcomes.reason IN UNNEST(@stays_wanted), FALSE)
        AND COALESCE(requests.request_count, 0) < @requests_per_input
      )
      -- A line that went and came back: readers see the forecast of the line in between.
      AND NOT (
        outcomes.outcome = 'predicted'
        AND COALESCE(COALESCE(inputs.line, -1) NOT IN (seen.lowest, seen.highest), FALSE)
      ) AS is_terminal,
    COALESCE(requests.is_in_flight, FALSE) AS is_in_flight,
    covered.player_lookup IS NOT NULL AS is_covered
  FROM inputs
  LEFT JOIN nba_predictions.prediction_outcomes_current AS outcomes
    ON outcomes.game_date = @game_date
    AND outcomes.player_lookup = inputs.player_lookup
    AND outcomes.input_id = inputs.input_id
  LEFT JOIN requests
    ON requests.player_lookup = inputs.player_lookup AND requests.input_id = inputs.input_id
  LEFT JOIN covered ON covered.player_lookup = inputs.player_lookup
  LEFT JOIN seen
    ON seen.player_lookup = inputs.player_lookup AND seen.line_offset = inputs.line_offset
)
SELECT
  *,
  is_expected AND is_ready AND (@force OR NOT (is_terminal OR is_in_flight)) AS is_wanted,
  is_expected AND has_no_history AND NOT (is_ready OR is_terminal OR is_in_flight) AS is_to_skip,
  is_expected AND NOT (is_ready OR has_no_history OR is_terminal OR is_in_flight) AS is_waiting
FROM states

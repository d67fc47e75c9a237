-- One row: one slate. The only rows that are ever updated, by compare-and-set, a few times a day.
-- Created filled, one row per date; no code inserts. state: waiting, claimed, predicting, complete, partial, failed.
-- judgement: sound, or what has collapsed; null from a claim on, until the batch's forecasts were judged.
-- released_batches: the batches whose forecasts were judged sound, with ; between them.
-- hold: null, or paused or cancelled by held_by for hold_reason; nobody starts a batch of a held slate.
-- alerts_raised: what stands of the slate's alerts, as shared/alert_entries.py reads it.
-- Partitioned by month, since a statement may touch 4,000 partitions at most.
CREATE TABLE IF NOT EXISTS nba_reference.slates (
  game_date DATE NOT NULL,
  state STRING NOT NULL,
  generation INT64 NOT NULL,
  claim_id STRING,
  owner STRING,
  lease_until TIMESTAMP,
  claimed_at TIMESTAMP,
  batch_id STRING,
  trigger_source STRING,
  feature_run_id STRING,
  min_minutes FLOAT64,
  expected INT64,
  finished_at TIMESTAMP,
  alerts_raised STRING NOT NULL,
  judgement STRING,
  released_batches STRING,
  hold STRING,
  hold_reason STRING,
  held_by STRING
)
PARTITION BY DATE_TRUNC(game_date, MONTH)
CLUSTER BY game_date
AS
SELECT
  game_date,
  'waiting' AS state,
  CAST(0 AS INT64) AS generation,
  CAST(NULL AS STRING) AS claim_id,
  CAST(NULL AS STRING) AS owner,
  CAST(NULL AS TIMESTAMP) AS lease_until,
  CAST(NULL AS TIMESTAMP) AS claimed_at,
  CAST(NULL AS STRING) AS batch_id,
  CAST(NULL AS STRING) AS trigger_source,
  CAST(NULL AS STRING) AS feature_run_id,
  CAST(NULL AS FLOAT64) AS min_minutes,
  CAST(NULL AS INT64) AS expected,
  CAST(NULL AS TIMESTAMP) AS finished_at,
  '' AS alerts_raised,
  CAST(NULL AS STRING) AS judgement,
  CAST(NULL AS STRING) AS released_batches,
  CAST(NULL AS STRING) AS hold,
  CAST(NULL AS STRING) AS hold_reason,
  CAST(NULL AS STRING) AS held_by
FROM UNNEST(GENERATE_DATE_ARRAY('2020-01-01', '2040-12-31')) AS game_date;

-- One row: one run of a processor with its terminal status: success, partial, failed or no_games.
-- A batch of the coordinator is a run whose run_id is its batch_id; it may be appended twice and is read once.
CREATE TABLE IF NOT EXISTS nba_reference.processor_run_history (
  data_date DATE NOT NULL,
  processor_name STRING NOT NULL,
  run_id STRING NOT NULL,
  status STRING NOT NULL,
  records_processed INT64 NOT NULL,
  triggered_by STRING NOT NULL,
  started_at TIMESTAMP NOT NULL,
  processed_at TIMESTAMP NOT NULL,
  summary JSON
)
PARTITION BY data_date
CLUSTER BY processor_name;

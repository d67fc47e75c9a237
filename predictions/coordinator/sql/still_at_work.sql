-- A condition on a row `r` of prediction_requests: somebody may still answer it.
-- @in_flight_seconds INT64
-- @alive_since TIMESTAMP
r.requested_at >= @alive_since
AND r.requested_at > TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL @in_flight_seconds SECOND)

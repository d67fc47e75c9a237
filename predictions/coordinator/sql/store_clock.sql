-- One row: what the store takes for the time.
SELECT CURRENT_TIMESTAMP() AS store_now

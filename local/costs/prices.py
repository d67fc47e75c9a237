"""Google's public list prices and limits that a day is worked out with; docs/costs.md names their sources."""

from dataclasses import dataclass

MIB = 2**20
GIB = 2**30
TIB = 2**40

QUERY_MINIMUM_BYTES = 10 * MIB
"""Billed at least for each table that a query or a data-changing statement names."""

MESSAGE_MINIMUM_BYTES = 1_000
"""Billed at least for each publish request and each push."""

DAYS_A_MONTH = 30


@dataclass(frozen=True)
class Price:
    """Dollars for one unit, in us-west2 where the region matters, and the units that are free each month."""

    unit: str
    dollars: float
    free: float = 0.0

    def of_day(self, quantity: float) -> float:
        """Return the dollars of a day's quantity, nothing being free."""
        return quantity * self.dollars

    def of_month(self, quantity: float) -> float:
        """Return the dollars of thirty such days, what is free left out."""
        return max(0.0, quantity * DAYS_A_MONTH - self.free) * self.dollars


# Cloud Run's free tier is a discount at the prices of tier 1; us-west2 is tier 2, where it buys less.
_TIER_1_CPU, _TIER_2_CPU = 0.000024, 0.0000336
_TIER_1_MEMORY, _TIER_2_MEMORY = 0.0000025, 0.0000035

PRICES = {
    "BigQuery, queries": Price("TiB", 8.44, free=1),
    "BigQuery, Storage Write API": Price("GiB", 0.03, free=2 * 1024),
    "BigQuery, load jobs": Price("jobs", 0.0),
    "Pub/Sub, published and pushed": Price("GiB", 40 / 1024, free=10),
    "Cloud Run, CPU": Price("vCPU s", _TIER_2_CPU, free=180_000 * _TIER_1_CPU / _TIER_2_CPU),
    "Cloud Run, memory": Price("GiB s", _TIER_2_MEMORY, free=360_000 * _TIER_1_MEMORY / _TIER_2_MEMORY),
    "Cloud Run, requests": Price("requests", 0.40 / 1_000_000, free=2_000_000),
    "Cloud Logging": Price("GiB", 0.50, free=50),
    "Cloud Scheduler": Price("job-days", 0.10 / DAYS_A_MONTH, free=3 * DAYS_A_MONTH),
    "Secret Manager": Price("version-days", 0.06 / DAYS_A_MONTH, free=6 * DAYS_A_MONTH),
    "Artifact Registry": Price("GiB-days", 0.10 / DAYS_A_MONTH, free=0.5 * DAYS_A_MONTH),
    "BigQuery, storage after a season": Price("GiB-days", 0.023 / DAYS_A_MONTH, free=10 * DAYS_A_MONTH),
}

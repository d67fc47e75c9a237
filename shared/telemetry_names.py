"""The metrics: what each one is, and in which unit. Their attributes have few values each."""

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """How values of a metric add up: to a sum, to a distribution, or not at all."""

    COUNTER = "counter"
    HISTOGRAM = "histogram"
    GAUGE = "gauge"


@dataclass(frozen=True)
class Metric:
    """What is measured, in a unit of UCUM: seconds, or a count of things in braces."""

    kind: Kind
    unit: str
    description: str


METRICS = {
    "players_requested": Metric(Kind.COUNTER, "{player}", "Players whose request was published"),
    "players_predicted": Metric(Kind.COUNTER, "{player}", "Players who were forecast"),
    "players_skipped": Metric(Kind.COUNTER, "{player}", "Players who were skipped, by reason"),
    "players_failed": Metric(Kind.COUNTER, "{player}", "Players whose request failed, by reason"),
    "alerts_raised": Metric(Kind.COUNTER, "{alert}", "Alerts that were raised, by kind and severity"),
    "dead_letters": Metric(Kind.COUNTER, "{message}", "Messages that nobody could handle, by subscription"),
    "refusals": Metric(Kind.COUNTER, "{request}", "Requests that were not carried out, by status"),
    "event_to_completion_seconds": Metric(
        Kind.HISTOGRAM, "s", "From the run of Phase 4 to the end of the slate that its event started"
    ),
    "forecast_seconds": Metric(Kind.HISTOGRAM, "s", "Forecasting one shard, without writing it"),
    "store_call_seconds": Metric(Kind.HISTOGRAM, "s", "One call to the store, by verb and name"),
    "players_expected": Metric(Kind.GAUGE, "{player}", "Players expected on the slate that ended last"),
    "players_covered": Metric(
        Kind.GAUGE, "{player}", "Those of them who have a forecast or an accepted skip"
    ),
}

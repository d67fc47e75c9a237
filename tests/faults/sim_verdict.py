"""What must be true of the store when a run has settled."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sim_watch import Watch
from sim_world import Expectation, World

from predictions.coordinator.terms import SlateTerms
from shared.alerts import raised_alerts
from shared.config import Settings
from shared.ports import Row, Warehouse
from shared.statements import inline_statement, load_statement

_READS = {
    "slates": "SELECT * FROM nba_reference.slates WHERE game_date = @d",
    "outcomes": "SELECT * FROM nba_predictions.prediction_outcomes_current WHERE game_date = @d",
    "forecasts": "SELECT * FROM nba_predictions.player_prop_predictions_current WHERE game_date = @d",
    "history": "SELECT * FROM nba_reference.processor_run_history WHERE data_date = @d",
    "alerts": "SELECT * FROM nba_reference.alerts WHERE game_date = @d",
}
_STATUS_OF = {"complete": "success", "partial": "partial"}


def faults_of(
    store: Warehouse, world: World, watch: Watch, settings: Settings, disturbances: int
) -> list[str]:
    """Return everything that is wrong with a settled slate, one sentence each."""
    read = {
        name: store.query(inline_statement(name, sql, d="DATE"), d=world.game_date)
        for name, sql in _READS.items()
    }
    expected = world.expectations()
    inputs = _current_inputs(store, world)
    return [
        *_outcome_faults(expected, inputs, read["outcomes"], watch, settings),
        *_forecast_faults(expected, read["forecasts"], settings),
        *_slate_faults(expected, read["slates"], read["history"]),
        *_alert_faults(read["slates"], read["alerts"], watch),
        *_request_faults(watch, disturbances),
    ]


def _current_inputs(store: Warehouse, world: World) -> dict[str, str]:
    """Ask the product's own definition for each player's current input; the rest is judged without it."""
    statement = load_statement("predictions.coordinator", "slate_players")
    rows = store.query(statement, **SlateTerms().parameters(world.game_date, None, False))
    return {row["player_lookup"]: row["input_id"] for row in rows}


def _outcome_faults(
    expected: dict[str, Expectation],
    inputs: dict[str, str],
    rows: list[Row],
    watch: Watch,
    settings: Settings,
) -> Iterator[str]:
    for lookup, wanted in expected.items():
        current = (lookup, inputs[lookup])
        found = [row for row in rows if (row["player_lookup"], row["input_id"]) == current]
        if len(found) != 1:
            yield f"{lookup} has {len(found)} outcomes for his current input, not one"
            continue
        outcome, reason = found[0]["outcome"], found[0]["reason"]
        requests = watch.requests.counts[current]
        if reason == "delivery_exhausted" and requests >= settings.requests_per_input:
            continue
        if (outcome, reason) != (wanted.outcome, wanted.reason):
            yield f"{lookup} ended {outcome} ({reason}), not {wanted.outcome} ({wanted.reason})"


def _forecast_faults(expected: dict[str, Expectation], rows: list[Row], settings: Settings) -> Iterator[str]:
    for lookup, wanted in expected.items():
        if wanted.outcome != "predicted":
            continue
        own = [row for row in rows if row["player_lookup"] == lookup]
        counts = Counter(row["system_id"] for row in own)
        if counts != dict.fromkeys(settings.active_systems, 1):
            yield f"readers see {dict(counts)} forecasts of {lookup}, not one a system"
        for row in own:
            seen: tuple[Any, ...] = (row["feature_run_id"], row["line"])
            if seen != (wanted.run_id, wanted.line):
                yield f"readers see {lookup} from {seen}, not from {(wanted.run_id, wanted.line)}"


def _slate_faults(expected: dict[str, Expectation], slates: list[Row], history: list[Row]) -> Iterator[str]:
    slate = slates[0]
    is_partial = any(wanted.reason == "not_ready" for wanted in expected.values())
    state = "partial" if is_partial else "complete"
    if slate["state"] != state:
        yield f"the slate is {slate['state']}, not {state}"
    rows = [row for row in history if row["run_id"] == slate["batch_id"]]
    newest = max(rows, key=lambda row: row["processed_at"], default={"status": "missing"})
    if newest["status"] != _STATUS_OF[state]:
        yield f"run history says {newest['status']} of the finishing batch of a {state} slate"


def _alert_faults(slates: list[Row], alerts: list[Row], watch: Watch) -> Iterator[str]:
    raised = raised_alerts(slates[0]["alerts_raised"])
    unsent = sorted(raised.keys() - {row["kind"] for row in alerts})
    if unsent:
        yield f"raised and never confirmed as sent: {', '.join(unsent)}"
    for kind, times in watch.raised.items():
        if times != 1:
            yield f"the alert {kind} was raised {times} times"


def _request_faults(watch: Watch, disturbances: int) -> Iterator[str]:
    for (lookup, _), count in watch.requests.counts.items():
        if count > 1 + disturbances:
            yield f"{lookup} was requested {count} times for one input, with {disturbances} disturbances"

"""What must be true of a slate after a round: everything is read, then judged."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cloud import SYSTEMS, Cloud
from emulated_slate import HISTORY

from shared.alert_entries import RESOLVED

Rows = list[dict[str, Any]]
_EXPECTED = (
    "SELECT player_lookup FROM nba_analytics.upcoming_player_game_context WHERE game_date = @day "
    "AND status NOT IN ('OUT', 'DOUBTFUL') AND COALESCE(projected_minutes >= 15, TRUE)"
)
_FORECASTS = (
    "SELECT player_lookup, system_id, feature_run_id, input_id "
    "FROM nba_predictions.player_prop_predictions_current WHERE game_date = @day"
)
_OUTCOMES = (
    "SELECT player_lookup, input_id, outcome "
    "FROM nba_predictions.prediction_outcomes_current WHERE game_date = @day"
)
_BATCHES = (
    f"SELECT DISTINCT run_id, status FROM {HISTORY} "
    "WHERE data_date = @day AND processor_name = 'phase5_coordinator'"
)
_ALERTS = "SELECT DISTINCT kind, sent_at FROM nba_reference.alerts WHERE game_date = @day"
_LETTERS = (
    "SELECT source_subscription, reason FROM nba_reference.dead_letters "
    "WHERE state = 'stored' AND game_date <= @day"
)


@dataclass(frozen=True)
class Seen:
    """What the store and the coordinator say after a round."""

    expected: Rows
    forecasts: Rows
    outcomes: Rows
    batches: Rows
    alerts: Rows
    letters: Rows
    status: dict[str, Any]


def look_at(cloud: Cloud) -> Seen:
    return Seen(
        *(cloud.rows(sql) for sql in (_EXPECTED, _FORECASTS, _OUTCOMES, _BATCHES, _ALERTS, _LETTERS)),
        status=cloud.status(),
    )


def judge(seen: Seen, players: int, run_id: str | None, may_repeat_alerts: bool) -> list[str]:
    """Return what is wrong, one sentence each. A crash in between may have sent an alert once more."""
    return [
        *_forecasts(seen, players, run_id),
        *_outcomes(seen),
        *_state(seen, players),
        *_messages(seen, 2 if may_repeat_alerts else 1),
    ]


def _forecasts(seen: Seen, players: int, run_id: str | None) -> Iterator[str]:
    """Everyone expected has one forecast of each system, and it is of the newest run."""
    expected = {row["player_lookup"] for row in seen.expected}
    systems = {row["system_id"] for row in seen.forecasts}
    keys = Counter((row["player_lookup"], row["system_id"]) for row in seen.forecasts)
    wanted = {(player, system) for player in expected for system in systems}
    if len(expected) != players:
        yield f"{len(expected)} players are expected, not {players}"
    if len(systems) != SYSTEMS:
        yield f"{len(systems)} systems have forecast, not {SYSTEMS}"
    if wanted != keys.keys():
        yield f"{len(wanted - keys.keys())} forecasts are missing, {len(keys.keys() - wanted)} too many"
    if twice := sum(times > 1 for times in keys.values()):
        yield f"readers see {twice} forecasts more than once"
    if {row["feature_run_id"] for row in seen.forecasts} != {run_id}:
        yield f"not all forecasts are of the run {run_id}"


def _outcomes(seen: Seen) -> Iterator[str]:
    """Everyone expected has ended once for what his forecasts were made from."""
    inputs = {(row["player_lookup"], row["input_id"]) for row in seen.forecasts}
    ended = Counter(
        row["player_lookup"]
        for row in seen.outcomes
        if (row["player_lookup"], row["input_id"]) in inputs and row["outcome"] == "predicted"
    )
    if none := sum(ended[row["player_lookup"]] == 0 for row in seen.expected):
        yield f"{none} players have no outcome"
    if several := sum(times > 1 for times in ended.values()):
        yield f"{several} players have more than one outcome"


def _state(seen: Seen, players: int) -> Iterator[str]:
    """The slate says so too, and its batch stands in the history with one status."""
    whole = {"state": "complete", "expected": players, "predicted": players}
    whole |= {"failed": {}, "skipped": {}, "wanted": 0, "in_flight": 0}
    if odd := {name: seen.status[name] for name, value in whole.items() if seen.status[name] != value}:
        yield f"the status says {odd}"
    statuses = Counter(row["run_id"] for row in seen.batches)
    if several := sum(times > 1 for times in statuses.values()):
        yield f"{several} batches stand in the history with more than one status"
    if {"run_id": seen.status["batch_id"], "status": "success"} not in seen.batches:
        yield f"the history does not say that {seen.status['batch_id']} succeeded"


def _messages(seen: Seen, most: int) -> Iterator[str]:
    """No alert was sent too often, and nothing lies among the dead letters."""
    sent = Counter(row["kind"] for row in seen.alerts)
    for kind, times in sent.items():
        if times > most + sent[kind + RESOLVED]:  # one that is over may be raised again
            yield f"the alert {kind} was sent {times} times"
    if seen.letters:
        yield f"{len(seen.letters)} dead letters, the first {seen.letters[0]}"

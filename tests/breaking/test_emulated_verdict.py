"""The verdict on a round of the emulated cloud: each thing that may not be is found."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parents[1] / "emulated"))

from emulated_verdict import Seen, judge

from shared.config import load_settings

SYSTEMS = load_settings().systems
STATUS = {"state": "complete", "expected": 2, "predicted": 2, "failed": {}, "skipped": {}}
WHOLE = Seen(
    expected=[{"player_lookup": "one"}, {"player_lookup": "two"}],
    forecasts=[
        {"player_lookup": player, "system_id": system, "feature_run_id": "run", "input_id": f"of {player}"}
        for player in ("one", "two")
        for system in SYSTEMS
    ],
    outcomes=[
        {"player_lookup": player, "input_id": f"of {player}", "outcome": "predicted"}
        for player in ("one", "two")
    ],
    batches=[{"run_id": "batch", "status": "success"}],
    alerts=[{"kind": "gap"}],
    letters=[],
    status=STATUS | {"wanted": 0, "in_flight": 0, "batch_id": "batch"},
)


def test_a_whole_slate_has_no_fault() -> None:
    assert judge(WHOLE, 2, "run", may_repeat_alerts=False) == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        pytest.param({"expected": WHOLE.expected[:1]}, "1 players are expected, not 2", id="expected"),
        pytest.param({"forecasts": WHOLE.forecasts[:-1]}, "1 forecasts are missing", id="a forecast lost"),
        pytest.param(
            {"forecasts": WHOLE.forecasts[:: len(SYSTEMS)]}, "1 systems have forecast", id="a system lost"
        ),
        pytest.param(
            {"forecasts": WHOLE.forecasts * 2},
            f"{2 * len(SYSTEMS)} forecasts more than once",
            id="a key twice",
        ),
        pytest.param({"outcomes": WHOLE.outcomes[:1]}, "1 players have no outcome", id="an outcome lost"),
        pytest.param({"outcomes": WHOLE.outcomes * 2}, "2 players have more than one", id="two outcomes"),
        pytest.param(
            {"outcomes": [row | {"outcome": "failed"} for row in WHOLE.outcomes]},
            "2 players have no outcome",
            id="failed",
        ),
        pytest.param({"status": WHOLE.status | {"wanted": 1}}, "the status says {'wanted': 1}", id="wanted"),
        pytest.param({"status": WHOLE.status | {"state": "failed"}}, "'state': 'failed'", id="not complete"),
        pytest.param({"batches": []}, "the history does not say that batch succeeded", id="no history"),
        pytest.param(
            {"batches": [*WHOLE.batches, {"run_id": "batch", "status": "partial"}]},
            "1 batches stand in the history with more than one status",
            id="two histories",
        ),
        pytest.param({"alerts": WHOLE.alerts * 2}, "the alert gap was sent 2 times", id="an alert twice"),
        pytest.param({"letters": [{"reason": "poison"}]}, "1 dead letters", id="a dead letter"),
    ],
)
def test_what_is_wrong_is_told(changes: dict[str, Any], fault: str) -> None:
    told = judge(replace(WHOLE, **changes), 2, "run", may_repeat_alerts=False)

    assert fault in "\n".join(told)


def test_forecasts_of_an_older_run_are_told() -> None:
    assert judge(WHOLE, 2, "newer", may_repeat_alerts=False) == ["not all forecasts are of the run newer"]


@pytest.mark.parametrize(("times", "told"), [(2, []), (3, ["the alert gap was sent 3 times"])])
def test_a_crash_in_between_excuses_one_more_alert(times: int, told: list[str]) -> None:
    seen = replace(WHOLE, alerts=WHOLE.alerts * times)

    assert judge(seen, 2, "run", may_repeat_alerts=True) == told

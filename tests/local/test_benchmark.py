"""The benchmark: what a decision costs, and what it says when a slate does not end."""

from datetime import date
from typing import Any

import pytest

from local.benchmark import measure_slate, unfinished, unsettled
from shared.config import load_settings

STATUS: dict[str, Any] = {
    "state": "predicting",
    "expected": 450,
    "in_flight": 0,
    "wanted": 0,
    "waiting_for_phase4": 0,
}


def test_a_decision_takes_two_reads_and_one_claim_and_a_slate_its_shards() -> None:
    measured = measure_slate(30, date(2025, 1, 15), load_settings(log_level="CRITICAL", shard_players=10))

    assert (measured.reads, measured.claims, measured.messages) == (2, 1, 3)
    assert measured.as_dict()["ratio"] > 0


@pytest.mark.parametrize(
    ("left", "sentence"),
    [
        pytest.param(
            {"waiting_for_phase4": 1},
            "1 without features that are good enough, until the deadline closes them",
            id="a player in quarantine",
        ),
        pytest.param(
            {"in_flight": 250, "wanted": 2}, "250 in flight; 2 wanted and not requested", id="two shards lost"
        ),
        pytest.param({}, "nobody is left", id="only the end is missing"),
    ],
)
def test_a_slate_that_does_not_end_says_who_keeps_it(left: dict[str, int], sentence: str) -> None:
    said = unfinished(STATUS | left)

    assert said == f"the slate is predicting, not complete; of 450 expected players: {sentence}"


def test_a_bus_that_does_not_empty_says_what_it_holds() -> None:
    said = unsettled({"prediction-request-sub": 3, "prediction-ready-sub": 0})

    assert said == "the bus has not delivered everything within 600 s: 3 of prediction-request-sub are left"

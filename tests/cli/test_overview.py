"""What a person reads of a slate's status."""

import io

import pytest
from rich.console import Console
from statuses import finished, status_body

from cli.overview import overview, state_sentence

NO_RUN = {"run_id": None, "status": None}


def shown(body):
    console = Console(file=io.StringIO(), width=120)
    console.print(overview(body))
    return console.file.getvalue()


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        pytest.param(status_body(newest_run=NO_RUN), "waiting: Phase 4 has not run", id="no features"),
        pytest.param(
            status_body(), "waiting: 60 players wanted, and nobody has asked yet", id="nobody has asked"
        ),
        pytest.param(
            status_body(wanted=0, ready=12), "waiting: 12 of 60 expected players are ready", id="few ready"
        ),
        pytest.param(status_body(state="claimed"), "claimed: somebody is starting a batch", id="claimed"),
        pytest.param(
            status_body(state="predicting", gap={"players": 20}),
            "predicting: 40 of 60 expected players are done",
            id="under way",
        ),
        pytest.param(finished(), "complete: all 60 expected players are done", id="complete"),
        pytest.param(
            finished(state="partial", gap={"players": 1}),
            "partial: it has ended, and 1 player had no features in time",
            id="partial",
        ),
        pytest.param(finished(state="failed", judgement=None), "failed: nobody has a forecast", id="failed"),
        pytest.param(
            finished(state="failed", judgement="one_sided"),
            "failed: the forecasts are one_sided, and kept back",
            id="collapsed",
        ),
        pytest.param(
            status_body(state="cancelled", hold="cancelled", held_by="ann@example.com", hold_reason="strike"),
            "cancelled by ann@example.com: strike",
            id="cancelled",
        ),
        pytest.param(
            status_body(state="paused", hold="paused"), "paused", id="paused, nobody says by whom or why"
        ),
        pytest.param(
            status_body(expected=0), "waiting: nobody is expected on this slate", id="an empty slate"
        ),
    ],
)
def test_the_state_is_a_sentence(body, sentence):
    assert state_sentence(body) == sentence


@pytest.mark.parametrize(
    ("body", "step"),
    [
        (status_body(newest_run=NO_RUN), "nba-props phase4"),
        (status_body(), "nba-props start"),
        (status_body(wanted=0), "nba-props plan"),
        (finished(state="partial"), "nba-props explain PLAYER"),
        (finished(state="failed"), "nba-props retry"),
        (status_body(state="cancelled", hold="cancelled"), "nba-props resume"),
    ],
)
def test_the_last_line_is_what_to_type_next(body, step):
    assert step in shown(body).splitlines()[-1]


def test_a_slate_that_is_done_has_nothing_to_type():
    assert "nba-props" not in shown(finished())


def test_counts_reasons_times_alerts_and_batches_are_shown():
    body = finished(
        skipped={"no_history": 2},
        failed={"no_features": 1},
        not_ready={"stale": 3},
        alerts=["gap", "dead_letter"],
        projected_completion="2025-01-15T13:04:00+00:00",
    )

    lines = shown(body).splitlines()

    rows = [line.split() for line in lines]
    assert ["60", "60", "0", "0", "60", "2", "1"] in rows
    assert any(line.startswith("deadline") and "10:00:00 ET (in 2:00:00)" in line for line in lines)
    assert any(line.startswith("projected") and "08:04:00 ET" in line for line in lines)
    assert any(line.startswith("ended") and "08:00:00 ET, 1.2 s after its event" in line for line in lines)
    assert any(line.startswith("skipped") and "2 no_history" in line for line in lines)
    assert any(line.startswith("failed") and "1 no_features" in line for line in lines)
    assert any(line.startswith("not ready") and "3 stale" in line for line in lines)
    assert any(line.startswith("alerts") and "gap, dead_letter" in line for line in lines)
    assert ["batch_1", "pubsub", "07:59:58", "ET", "60", "of", "60"] in rows


def test_a_deadline_that_has_passed_says_how_long_ago():
    assert "10:00:00 ET (0:01:40 ago)" in shown(status_body(seconds_left=-100.2))


def test_a_hold_on_a_slate_that_has_ended_is_shown_beside_its_state():
    text = shown(finished(hold="paused", held_by="ann", hold_reason="\x1b[2Jnews"))

    assert "complete: all 60" in text
    assert "paused by ann: \\x1b[2Jnews" in text

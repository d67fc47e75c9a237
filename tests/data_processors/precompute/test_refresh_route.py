"""The wish for newer features over HTTP: what it is answered with, so that it comes again or does not."""

from datetime import UTC, date, datetime

import pytest
from conformance import described_client

from data_processors.precompute.ml_feature_store.ml_feature_store_processor import RunRejected
from data_processors.precompute.runs import (
    EventFate,
    NobodyReady,
    Run,
    RunOptions,
    RunReport,
    RunResult,
    Unchanged,
)
from data_processors.precompute.service import create_app
from shared.clock import FakeClock
from shared.config import Settings
from shared.envelope import PushMessage, seal_envelope
from shared.errors import DependencyUnavailable
from shared.messages import Phase4Refresh, RunStatus

SLATE = date(2025, 1, 15)
LATE = datetime(2025, 1, 16, 2, 0, tzinfo=UTC)  # still the evening of the 15th in New York
DONE = RunResult(
    Run("run-2", LATE, RunOptions(SLATE)),
    RunReport(RunStatus.SUCCESS, players_processed=12, players_ready=11),
    EventFate.PUBLISHED,
    0.25,
)


class FakeProcessor:
    """Notes what it is asked; `found` is its answer, or what it raises."""

    def __init__(self):
        self.clock = FakeClock(LATE)
        self.asked: list[RunOptions] = []
        self.found = DONE

    def refresh(self, options):
        self.asked.append(options)
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


@pytest.fixture
def processor():
    return FakeProcessor()


@pytest.fixture
def push(processor):
    client = described_client(create_app(processor, Settings(retry_after_seconds=7), lambda: None))

    def send(game_date=SLATE, event_type="phase4_refresh"):
        wish = Phase4Refresh.model_construct(
            event_type=event_type, game_date=game_date, correlation_id="corr-9"
        )
        message = wish.to_message()
        sealed = seal_envelope(PushMessage(message.data, "m1", dict(message.attributes)))
        return client.post("/refresh", data=sealed, content_type="application/json")

    return send


def test_a_run_is_told_with_its_event(push, processor):
    response = push()

    assert (response.status_code, response.json["status"], response.json["run_id"]) == (
        200,
        "refreshed",
        "run-2",
    )
    assert (response.json["players_ready"], response.json["event"]) == (11, "published")
    assert processor.asked == [RunOptions(SLATE, triggered_by="refresh", correlation_id="corr-9")]


@pytest.mark.parametrize("found", list(Unchanged))
def test_nothing_to_do_is_an_answer(push, processor, found):
    processor.found = found

    response = push()

    assert (response.status_code, response.json["status"]) == (200, found.value)


@pytest.mark.parametrize("error", [RunRejected("only 1 of 4"), NobodyReady("no player")])
def test_a_run_that_was_refused_is_not_asked_for_again(push, processor, error):
    processor.found = error

    response = push()

    assert (response.status_code, response.json["status"]) == (200, "rejected")
    assert response.json["message"] == str(error)


def test_a_store_that_is_away_is_a_503_so_that_the_message_comes_again(push, processor):
    processor.found = DependencyUnavailable("away")

    assert push().status_code == 503


def test_another_day_is_let_go(push, processor, logged):
    assert push(game_date=date(2025, 1, 14)).status_code == 204
    assert processor.asked == []
    assert [line["event_name"] for line in logged if "game_date" in line] == ["refresh_skipped"]


def test_another_event_is_unreadable(push, processor):
    assert push(event_type="phase4_complete").status_code == 400
    assert processor.asked == []

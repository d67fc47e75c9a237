"""The HTTP face of Phase 4: bodies, answers and errors."""

from datetime import UTC, date, datetime, timedelta

import pytest
from conformance import described_client

from data_processors.precompute.ml_feature_store.events import Republished
from data_processors.precompute.runs import EventFate, Run, RunOptions, RunReport, RunResult
from data_processors.precompute.service import create_app
from shared.clock import FakeClock
from shared.config import Settings
from shared.errors import DataContractViolation, DependencyUnavailable
from shared.messages import RunStatus

SLATE = date(2025, 1, 15)
LATE = datetime(2025, 1, 16, 2, 0, tzinfo=UTC)  # still the evening of the 15th in New York


class FakeProcessor:
    """Notes what it is asked; raises `error` if it has one."""

    def __init__(self):
        self.clock = FakeClock(LATE)
        self.asked: list[RunOptions] = []
        self.error = None
        self.republished = Republished(published=2, pending=0)

    def run(self, options):
        self.asked.append(options)
        if self.error:
            raise self.error
        report = RunReport(RunStatus.PARTIAL, players_processed=12, players_ready=9, players_failed=2)
        return RunResult(Run("run-1", LATE, options), report, EventFate.PUBLISHED, 0.25)

    def republish(self):
        if self.error:
            raise self.error
        return self.republished


@pytest.fixture
def processor():
    return FakeProcessor()


@pytest.fixture
def client(processor):
    return described_client(create_app(processor, Settings(retry_after_seconds=7), lambda: None))


def test_a_run_answers_with_what_was_committed(client):
    response = client.post("/process", json={"game_date": "2025-01-15"})

    assert response.status_code == 200
    assert response.json == {
        "status": "partial",
        "run_id": "run-1",
        "game_date": "2025-01-15",
        "players_processed": 12,
        "players_ready": 9,
        "players_failed": 2,
        "event": "published",
        "seconds": 0.25,
    }


@pytest.mark.parametrize(
    ("body", "asked"),
    [
        pytest.param(b"", (SLATE, False, True), id="no body: the slate of New York"),
        pytest.param(b"{}", (SLATE, False, True), id="empty object"),
        pytest.param(b'{"game_date": null}', (SLATE, False, True), id="null date"),
        pytest.param(b'{"game_date": "2024-12-01"}', (date(2024, 12, 1), False, True), id="a date"),
        pytest.param(b'{"backfill": true}', (SLATE, True, True), id="backfill"),
        pytest.param(b'{"publish": false}', (SLATE, False, False), id="event for later"),
    ],
)
def test_a_body_says_what_to_run(client, processor, body, asked):
    response = client.post("/process", data=body)

    (options,) = processor.asked
    assert response.status_code == 200
    assert (options.game_date, options.is_backfill, options.publish_now) == asked
    assert options.triggered_by == "http"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        pytest.param(b'{"game_date": "tomorrow"}', "game_date", id="no date"),
        pytest.param(b'{"game_date": 20250115}', "game_date", id="a number"),
        pytest.param(b'{"game_date": "1999-01-01"}', "game_date", id="no slate"),
        pytest.param(b'{"backfill": "false"}', "backfill", id="text for a flag"),
        pytest.param(b'{"publish": 0}', "publish", id="number for a flag"),
        pytest.param(b'{"force": true}', "force", id="unknown field"),
        pytest.param(b"[]", "body", id="a list"),
        pytest.param(b"{", "body", id="no JSON"),
    ],
)
def test_a_wrong_body_is_refused_by_field_and_runs_nothing(client, processor, body, field):
    response = client.post("/process", data=body)

    assert (response.status_code, response.json["field"]) == (400, field)
    assert processor.asked == []


def test_the_callers_correlation_id_goes_with_the_run(client, processor):
    response = client.post("/process", headers={"X-Correlation-Id": "corr-9"})

    assert processor.asked[0].correlation_id == "corr-9"
    assert response.headers["X-Correlation-Id"] == "corr-9"


@pytest.mark.parametrize("route", ["/process", "/republish"])
def test_a_store_that_is_away_answers_503_with_the_time_to_come_again(client, processor, route):
    processor.error = DependencyUnavailable("secret host is down")

    response = client.post(route)

    assert (response.status_code, response.headers["Retry-After"]) == (503, "7")
    assert "secret" not in response.text


@pytest.mark.parametrize("error", [DataContractViolation("bad"), ZeroDivisionError("bug")])
def test_a_failed_run_answers_500_with_an_error_id(client, processor, error):
    processor.error = error

    response = client.post("/process")

    assert response.status_code == 500
    assert response.json["error_id"]


def test_republish_says_how_many_events_went_out(client):
    response = client.post("/republish")

    assert (response.status_code, response.json) == (200, {"status": "success", "published": 2, "pending": 0})


def test_republish_asks_to_come_again_while_events_wait(client, processor):
    processor.republished = Republished(published=0, pending=1)

    assert client.post("/republish").status_code == 503


def test_republish_takes_no_options(client):
    assert client.post("/republish", json={"game_date": "2025-01-15"}).status_code == 400


def test_health_answers_and_readiness_touches_what_the_service_needs(processor):
    def away():
        raise DependencyUnavailable("away")

    client = described_client(create_app(processor, Settings(), away))

    assert client.get("/health").status_code == 200
    assert client.get("/ready").status_code == 503


def test_a_slate_goes_through_the_service_into_the_store(phase4, league):
    league.play(SLATE - timedelta(days=2))
    league.slate("aaa0", "bbb0")
    client = described_client(create_app(phase4.processor, phase4.settings, lambda: None))

    ran = client.post("/process", json={"publish": False})
    republished = client.post("/republish")

    assert (ran.json["status"], ran.json["players_ready"], ran.json["event"]) == ("success", 2, "stored")
    assert republished.json["published"] == 1
    assert ran.json["run_id"] in phase4.publisher.published[0][1].data.decode()
    assert sorted(phase4.features()) == ["aaa0", "bbb0"]


def test_a_day_without_games_is_a_200(phase4):
    client = described_client(create_app(phase4.processor, phase4.settings, lambda: None))

    response = client.post("/process")

    assert (response.status_code, response.json["status"]) == (200, "no_games")

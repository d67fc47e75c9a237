"""An error is never taken for an answer: what may succeed later is 503, the rest has an error id."""

import pytest
from phase5_bench import told
from watched_ports import raising

from predictions.coordinator.callers import LoopbackCallers
from predictions.coordinator.coordinator import create_app
from predictions.coordinator.snapshot import read_snapshot
from predictions.coordinator.visitors import LoopbackVisitors
from shared.errors import DataContractViolation, DependencyRejected, DependencyUnavailable
from shared.statements import inline_statement

UNAVAILABLE = {"status": "error", "message": "not available now, try again"}
ROUTES = {
    "trigger": lambda phase5: phase5.trigger(),
    "start": lambda phase5: phase5.start(),
    "scheduled start": lambda phase5: phase5.scheduled_start(),
    "retry": lambda phase5: phase5.retry(),
    "complete": lambda phase5: phase5.complete(),
    "status": lambda phase5: phase5.status(),
    "plan": lambda phase5: phase5.plan(),
}


@pytest.mark.parametrize("route", ROUTES)
def test_a_read_that_fails_is_503_and_never_not_ready(phase5, slate, route):
    slate.ready(20)
    phase5.store.breaks("snapshot")

    response = ROUTES[route](phase5)

    assert (told(response), response.headers["Retry-After"]) == ((503, UNAVAILABLE), "10")
    assert phase5.alerter.sent == []
    assert phase5.publisher.published == []


@pytest.mark.parametrize(
    "call", ["wanted_players", "prediction_requests", "release"], ids=lambda call: f"{call} fails"
)
def test_a_store_that_fails_on_the_way_is_503_and_the_event_comes_again(phase5, slate, clock, call):
    slate.ready(20)
    phase5.store.breaks(call)

    response = phase5.trigger()
    clock.advance(120)
    again = phase5.trigger()

    assert (response.status_code, again.status_code) == (503, 200 if call == "release" else 202)
    assert set(phase5.publisher.players()) == set(slate.names)


@pytest.mark.parametrize("route", ["trigger", "start", "retry", "complete", "status"])
@pytest.mark.parametrize(
    "error",
    [RuntimeError("password=hunter2"), DependencyRejected("hunter2"), DataContractViolation("hunter2")],
    ids=lambda error: type(error).__name__,
)
def test_the_unexpected_has_an_error_id_and_none_of_its_text(phase5, slate, route, error):
    phase5.store.before("snapshot", raising(error))

    response = ROUTES[route](phase5)

    body = response.get_json()
    assert (response.status_code, body["status"]) == (500, "error")
    assert len(body["error_id"]) == 32
    assert b"hunter2" not in response.data
    assert phase5.alerter.sent == []


@pytest.mark.parametrize(
    ("error", "status"),
    [(None, 200), (DependencyUnavailable("away"), 503), (DataContractViolation("a column is missing"), 500)],
    ids=["well", "the store is away", "the store does not fit"],
)
def test_the_process_is_alive_and_ready_only_with_a_store_that_fits(phase5, error, status):
    check = raising(error) if error else lambda: None
    app = create_app(phase5.parts, phase5.settings, LoopbackCallers(), check, LoopbackVisitors())
    client = app.test_client()

    assert client.get("/health").status_code == 200
    assert client.get("/ready").status_code == status


def test_a_slate_without_a_row_breaks_the_contract(phase5, slate, session_store):
    sql = "DELETE FROM nba_reference.slates WHERE game_date = @game_date"
    session_store.execute(inline_statement("delete", sql, game_date="DATE"), game_date=slate.game_date)

    assert phase5.trigger().status_code == 500


@pytest.mark.parametrize("rows", [[], [{}, {}]], ids=["none", "two"])
def test_any_count_of_slate_rows_but_one_breaks_the_contract(slate, rows):
    with pytest.raises(DataContractViolation, match=f"has {len(rows)} rows for {slate.game_date}"):
        read_snapshot(slate.game_date, rows)

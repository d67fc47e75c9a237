"""A day on the emulators of Google Cloud: real processes, real clients, real tokens."""

import json
import signal
import threading

import pytest
from cloud import OPERATOR, PHASE3, PUSH, SCHEDULER, Cloud, assert_everybody_once, finished
from docs_page import RUNBOOK

from local.loading import load_sample
from shared.clock import SystemClock
from shared.statements import load_statement
from shared.warehouse.duckdb_warehouse import DuckDBWarehouse

pytestmark = pytest.mark.emulated

QUERIES = RUNBOOK.blocks("sql")


def test_a_day_goes_from_phase4s_event_to_the_last_outcome_by_itself(cloud: Cloud) -> None:
    run_id = cloud.run_phase4()

    body = cloud.wait_for(finished(run_id))

    assert [batch["trigger_source"] for batch in body["batches"]] == ["pubsub"]
    assert_everybody_once(cloud, run_id)
    history = cloud.rows(
        "SELECT DISTINCT processor_name, status FROM nba_reference.processor_run_history "
        "WHERE data_date = @day ORDER BY 1"
    )
    assert [row["processor_name"] for row in history] == ["ml_feature_store_v2", "phase5_coordinator"]
    assert {row["status"] for row in history} == {"success"}


def test_the_doctor_finds_that_alerts_reach_nobody_and_nothing_else_wrong(cloud: Cloud) -> None:
    status, body = cloud.call(OPERATOR, "GET", "coordinator", "/doctor")

    found = {check["name"]: check["is_ok"] for check in body["checks"]}
    wrong = {name for name, is_ok in found.items() if is_ok is False}
    assert (status, found["topology"], found["write_right"]) == (200, True, True), body
    assert wrong == {"alert_channels"}, body


def test_twenty_events_at_once_make_one_batch(cloud: Cloud) -> None:
    body = {"game_date": cloud.game_date.isoformat(), "publish": False}
    _, run = cloud.call(PHASE3, "POST", "precompute", "/process", body)
    before = len(cloud.answered)
    event = {"event_type": "phase4_complete", "game_date": body["game_date"], "run_id": run["run_id"]}

    cloud.publish("nba-phase4-precompute-complete", *[json.dumps(event).encode()] * 20)

    def triggers() -> list[int]:
        return [status for path, status in cloud.answered[before:] if path == "/coordinator/trigger"]

    status = cloud.wait_for(finished(run["run_id"]))
    cloud.wait_until(
        lambda: len([s for s in triggers() if s < 300]) == 20, lambda: f"20 answers: {triggers()}"
    )
    assert triggers().count(202) == 1
    assert set(triggers()) <= {200, 202, 204, 503}
    assert len([b for b in status["batches"] if b["feature_run_id"] == run["run_id"]]) == 1
    assert_everybody_once(cloud, run["run_id"])


def test_a_moved_line_is_retried_by_the_scheduler_and_nobody_else_is(cloud: Cloud) -> None:
    run_id = cloud.run_phase4()
    cloud.wait_for(finished(run_id))
    context = cloud.rows("SELECT * FROM nba_analytics.upcoming_player_game_context WHERE game_date = @day")
    moved = next(row for row in context if row["line"] is not None and row["status"] == "ACTIVE")
    rows = [row | {"line": row["line"] + 1.0} if row is moved else row for row in context]
    cloud.warehouse.replace_partition("nba_analytics.upcoming_player_game_context", cloud.game_date, rows)

    status, answer = cloud.call(
        SCHEDULER, "POST", "coordinator", "/retry", {"game_date": cloud.game_date.isoformat()}
    )

    assert (status, answer["players_published"]) == (202, 1)
    cloud.wait_for(lambda body: body["state"] == "complete" and body["in_flight"] == 0)
    assert_everybody_once(cloud, run_id)


def test_a_poisoned_request_ends_in_the_dead_letters_and_delays_nobody(cloud: Cloud) -> None:
    cloud.publish("prediction-request-prod", b'{"game_date": "no date"}')

    run_id = cloud.run_phase4()
    cloud.wait_for(finished(run_id))

    assert_everybody_once(cloud, run_id)
    stored = "SELECT body, delivery_attempts FROM nba_reference.dead_letters WHERE game_date <= @day"
    cloud.wait_until(lambda: cloud.rows(stored) != [], lambda: "the dead letter")
    assert {row["body"] for row in cloud.rows(stored)} == {'{"game_date": "no date"}'}


def is_same(found: object, wanted: object) -> bool:
    """Say whether two values are equal, floating-point sums up to the order of their terms."""
    return found == (pytest.approx(wanted, rel=1e-9) if isinstance(wanted, float) else wanted)


def test_features_are_the_same_numbers_on_both_engines(cloud: Cloud) -> None:
    embedded = DuckDBWarehouse(None, SystemClock())
    embedded.create_schema()
    load_sample(embedded, cloud.game_date, cloud.players, SystemClock())
    features = load_statement("data_processors.precompute.ml_feature_store", "features")
    days = {"first_date": cloud.game_date, "last_date": cloud.game_date}

    there, here = cloud.warehouse.query(features, **days), embedded.query(features, **days)

    embedded.close()
    assert len(there) == len(here) >= cloud.players
    for cloud_row, embedded_row in zip(there, here, strict=True):
        assert cloud_row.keys() == embedded_row.keys()
        assert all(is_same(cloud_row[name], value) for name, value in embedded_row.items())


@pytest.mark.parametrize(("section", "sql"), QUERIES, ids=[section for section, _ in QUERIES])
def test_a_query_of_the_runbook_runs_as_it_is_written(cloud: Cloud, section: str, sql: str) -> None:
    assert isinstance(cloud.rows(sql), list)


@pytest.mark.parametrize(
    ("email", "method", "service", "path", "expected"),
    [
        pytest.param(None, "POST", "coordinator", "/trigger", 401, id="nobody triggers"),
        pytest.param(SCHEDULER, "POST", "coordinator", "/trigger", 403, id="the scheduler does not push"),
        pytest.param(PUSH, "POST", "coordinator", "/start", 403, id="a push does not start"),
        pytest.param("x@example.com", "GET", "coordinator", "/status", 403, id="a stranger sees nothing"),
        pytest.param(None, "POST", "worker", "/predict", 401, id="nobody predicts"),
        pytest.param(SCHEDULER, "GET", "coordinator", "/status", 200, id="the scheduler looks"),
        pytest.param(None, "GET", "worker", "/ready", 200, id="probes need no identity"),
    ],
)
def test_callers_are_who_they_prove_to_be(
    cloud: Cloud, email: str | None, method: str, service: str, path: str, expected: int
) -> None:
    assert cloud.call(email, method, service, path)[0] == expected


def test_sigterm_ends_the_schedulers_wait_with_a_503_at_once(cloud: Cloud) -> None:
    instance = next(i for i in cloud.instances if i.service == "coordinator")
    answers: list[int] = []
    body = {"game_date": "2040-01-15"}  # no features there: the scheduler waits
    waiting = threading.Thread(
        target=lambda: answers.append(cloud.call(SCHEDULER, "POST", "coordinator", "/start", body)[0])
    )
    waiting.start()
    cloud.wait_until(lambda: '"event_name":"waiting"' in instance.process.log.read_text(), lambda: "the wait")

    instance.process.signal(signal.SIGTERM)

    waiting.join(10)
    assert answers == [503]
    assert instance.process.wait(10) == 0
    instance.start()

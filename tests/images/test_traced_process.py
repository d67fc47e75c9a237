"""What each forked process has recorded is sent, at the latest when it ends, whoever listens."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import pytest
from gunicorn_process import Served, plain_environment
from otlp_collector import listening

ROOT = Path(__file__).parents[2]
GUNICORN = [sys.executable, "-m", "gunicorn", "--config", "python:shared.gunicorn_settings"]
APP = "traced_app:create_service()"
CLOSED_PORT = "http://127.0.0.1:1"
CLOUD_RUN_SECONDS = 10.0  # between SIGTERM and SIGKILL

pytestmark = pytest.mark.e2e

Serve = Callable[..., Served]


@pytest.fixture
def serve() -> Iterator[Serve]:
    running: list[Served] = []

    def start(endpoint: str) -> Served:
        environment = plain_environment(
            PYTHONPATH=str(Path(__file__).parent), WEB_CONCURRENCY="2", OTEL_EXPORTER_OTLP_ENDPOINT=endpoint
        )
        running.append(Served([*GUNICORN, APP], ROOT, environment))
        return running[-1]

    yield start
    for server in running:
        server.close()


def test_what_was_recorded_is_sent_when_the_process_ends(serve: Serve) -> None:
    with listening() as (collector, endpoint):
        server = serve(endpoint)
        asked = [server.get("/count").status for _ in range(4)]

        code, _, err = server.end()

    points = [p for m in collector.metrics if m.name == "nba_props.dead_letters" for p in m.sum.data_points]
    assert (asked, code) == ([200] * 4, 0), err
    assert [span.name for span in collector.spans] == ["GET /count"] * 4
    assert sum(point.as_int for point in points) == 4


def test_a_process_whose_collector_is_away_ends_in_time_and_says_so_once(serve: Serve) -> None:
    server = serve(CLOSED_PORT)
    assert server.get("/count").status == 200

    code, _, err = server.end()

    unsent = [line for line in map(orjson.loads, err) if line["event_name"] == "telemetry_unsent"]
    assert code == 0
    assert len(unsent) <= 2  # once a process; one that was asked nothing may have nothing to send
    assert unsent != []
    assert server.seconds_to_end < CLOUD_RUN_SECONDS

"""gunicorn's settings, as a real gunicorn process takes them."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import orjson
import pytest
from gunicorn_process import Served, plain_environment
from stoppable_app import TOGETHER

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
GUNICORN = [sys.executable, "-m", "gunicorn", "--config", "python:shared.gunicorn_settings"]
APP = "stoppable_app:create_service()"
CLOUD_RUN_KILLS_SECONDS = 10


@pytest.fixture
def serve() -> Iterator[Callable[..., Served]]:
    """Start the small service under gunicorn, with settings of the environment."""
    running: list[Served] = []

    def start(app: str = APP, **settings: str) -> Served:
        environment = plain_environment(PYTHONPATH=str(Path(__file__).parent), **settings)
        running.append(Served([*GUNICORN, app], ROOT, environment))
        return running[-1]

    yield start
    for server in running:
        server.close()


def check(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Let gunicorn read its settings and go no further."""
    command = [*GUNICORN, *arguments, "flask:Flask"]
    environment = plain_environment(**settings)
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def read_settings(**settings: str) -> dict[str, str]:
    lines = check("--print-config", **settings).stdout.splitlines()
    pairs = (line.partition("=") for line in lines)
    return {name.strip(): value.strip() for name, _, value in pairs}


def test_without_an_environment_one_process_of_sixteen_threads_serves_port_8080():
    settings = read_settings()

    assert settings["bind"] == "['0.0.0.0:8080']"
    assert (settings["workers"], settings["threads"]) == ("1", "16")
    assert settings["worker_class"] == "gthread"


def test_the_environment_gives_the_port_the_processes_and_the_threads():
    settings = read_settings(PORT="9001", WEB_CONCURRENCY="2", THREADS="80")

    assert settings["bind"] == "['0.0.0.0:9001']"
    assert (settings["workers"], settings["threads"]) == ("2", "80")


def test_an_empty_variable_is_an_absent_one():
    assert read_settings(THREADS="")["threads"] == "16"


def test_only_the_platform_ends_a_long_request_and_the_process_ends_before_the_platform_kills_it():
    settings = read_settings()

    assert settings["timeout"] == "0"
    assert int(settings["graceful_timeout"]) < CLOUD_RUN_KILLS_SECONDS
    assert settings["preload_app"] == "False"
    assert settings["control_socket_disable"] == "True"


@pytest.mark.parametrize(
    ("name", "text", "most"),
    [
        pytest.param("PORT", "http", 65535, id="a word"),
        pytest.param("PORT", "0", 65535, id="nothing"),
        pytest.param("PORT", "65536", 65535, id="one too many"),
        pytest.param("THREADS", "-4", 900, id="negative"),
        pytest.param("THREADS", "1.5", 900, id="a part"),
        pytest.param("THREADS", "²", 900, id="a power"),
        pytest.param("WEB_CONCURRENCY", "65", 64, id="more processes than CPUs"),
    ],
)
def test_a_number_that_is_none_stops_gunicorn_with_one_sentence(name, text, most):
    checked = check("--check-config", **{name: text})

    assert checked.returncode == 1
    sentence = f"{name} must be a whole number from 1 to {most}, not {text!r}"
    assert checked.stderr.strip() == f"Error: {sentence}"


def test_a_wrong_setting_of_ours_stops_gunicorn_before_a_process_is_made():
    checked = check("--check-config", LOG_LEVEL="LOUD")

    assert checked.returncode == 1
    assert "LOG_LEVEL" in checked.stderr


def test_a_wait_ends_at_once_with_503_when_the_process_is_asked_to_stop(serve):
    server = serve()
    assert server.said()[0] == "made"

    with ThreadPoolExecutor() as callers:
        waiting = callers.submit(server.get, "/wait")
        assert server.said()[0] == "waiting"
        code, _, _ = server.end()

    assert waiting.result().status == 503
    assert code == 0
    assert server.seconds_to_end < CLOUD_RUN_KILLS_SECONDS / 2


def test_clients_are_closed_by_the_process_that_made_them(serve):
    server = serve()
    _, maker = server.said()

    _, out, _ = server.end()

    assert out == [f"closed {maker}"]


def test_a_client_that_fails_to_close_does_not_spare_the_others(serve):
    server = serve("stoppable_app:create_service(True)")
    _, maker = server.said()

    code, out, err = server.end()

    assert out == [f"closed {maker}"]
    assert any("ZeroDivisionError" in line for line in err)
    assert code == 0


def test_each_process_makes_its_own_client_after_the_fork(serve):
    server = serve(WEB_CONCURRENCY="2")

    makers = {server.said(), server.said()}
    answer = server.get("/client").json()
    _, out, _ = server.end()

    pids = {pid for _, pid in makers}
    assert makers == {("made", pid) for pid in pids}
    assert len(pids) == 2
    assert server.pid not in pids
    assert answer["made_by"] == answer["used_by"]
    assert set(out) == {f"closed {pid}" for pid in pids}


def test_as_many_requests_as_threads_are_served_at_once(serve):
    server = serve()

    with ThreadPoolExecutor(TOGETHER) as callers:
        statuses = [answer.status for answer in callers.map(server.get, ["/together"] * TOGETHER)]

    assert statuses == [200] * TOGETHER


def test_an_app_that_cannot_be_made_ends_the_process_with_the_reason_in_the_log(serve):
    server = serve("stoppable_app:create_service(1, 2, 3)")

    code, out, err = server.ended()

    assert code != 0
    assert out == []
    assert any("create_service() takes from 0 to 1 positional arguments" in line for line in err)
    assert not any("Exception during worker exit" in line for line in err)


def test_gunicorn_writes_its_own_lines_as_json_and_none_for_a_request(serve):
    server = serve()
    server.said()
    server.get("/client")

    _, _, err = server.end()

    lines = [orjson.loads(line) for line in err]
    assert {(line["part"], line["event_name"]) for line in lines} == {("gunicorn.error", "library")}
    assert {line["severity"] for line in lines} == {"INFO"}
    assert any(line["message"].startswith("Listening at: http://0.0.0.0:") for line in lines)
    assert not any("/client" in line["message"] for line in lines)

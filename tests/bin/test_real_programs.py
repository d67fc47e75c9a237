"""Every command line of the scripts is one that the installed gcloud and bq understand."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from real_programs import ABSENCE, GCLOUD, NO_ACCOUNT, bq_prefix, misunderstood, what_it_says, without_account
from scripts_cloud import COORDINATOR_URL, Cloud

pytestmark = pytest.mark.gcloud

WITH_VALUES = {"create", "update", "deploy", "submit", "modify-push-config"}


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A configuration of its own, without an account, that asks nobody for one."""
    if GCLOUD is None:
        pytest.skip(ABSENCE)
    return without_account(tmp_path_factory.mktemp("gcloud"))


@pytest.fixture(scope="module")
def command_lines(deployed_once: Cloud, tmp_path_factory: pytest.TempPathFactory) -> list[list[str]]:
    """Every distinct command line of a deployment, a correction, a pause, a resumption and a rollback."""
    cloud = deployed_once.copy(Path(tmp_path_factory.mktemp("calls")) / "cloud")
    cloud.change(lambda state: state.update(secrets={"alert-urls": {}}))
    for thing in ("topics", "subscriptions", "jobs", "metrics"):
        cloud.change(lambda state, kind=thing: [_forget(t) for t in state[kind].values()])
    runs = (
        cloud.run("phase5/deploy_pubsub_infrastructure.sh", COORDINATOR_URL),
        cloud.run("predictions/deploy/deploy_prediction_coordinator.sh", ALERT_URLS_SECRET="alert-urls"),
        cloud.run("predictions/deploy/deploy_prediction_console.sh", CONSOLE_VIEWERS="user:ann@example.com"),
        cloud.run("monitoring/apply.sh", MONITORING_CHANNELS="projects/p/notificationChannels/1"),
        cloud.run("phase5/pause.sh", "--yes"),
        cloud.run("phase5/resume.sh"),
        cloud.run("phase5/rollback.sh", "prediction-coordinator", "--yes"),
    )
    assert [run.returncode for run in runs] == [0] * len(runs), runs
    return list(_distinct([*deployed_once.calls, *cloud.calls]))


def _forget(thing: dict[str, object]) -> None:
    for field in ("messageRetentionDuration", "ackDeadlineSeconds", "attemptDeadline", "filter", "labels"):
        thing.pop(field, None)


def _distinct(calls: Iterable[list[str]]) -> Iterable[list[str]]:
    """Of calls that differ in a name alone, one; of those that set something, all; of SQL, one of a kind."""
    seen = set()
    for call in calls:
        shape = tuple(w.partition("=")[0] for w in call if w.startswith("--"))
        words = tuple(w for w in call if not w.startswith("--"))
        sql = words[-1].partition(" ")[0] if "query" in words else ""
        has_values = WITH_VALUES & set(call) and not any("-from-file=" in word for word in call)
        key = tuple(call) if has_values else (*words[:-1], *shape, sql)
        if key not in seen:
            seen.add(key)
            yield call


def test_gcloud_understands_every_command_line(
    command_lines: list[list[str]], environment: dict[str, str]
) -> None:
    commands = [call for call in command_lines if call[0] == "gcloud"]

    assert misunderstood(commands, [str(GCLOUD)], environment) == {}
    assert len(commands) > 40


def test_bq_understands_every_command_line(
    command_lines: list[list[str]], environment: dict[str, str]
) -> None:
    prefix = bq_prefix(environment)
    if prefix is None:
        pytest.skip("the installed gcloud has no bq, so its command lines cannot be parsed")
    commands = [call for call in command_lines if call[0] == "bq"]

    assert misunderstood(commands, prefix, environment) == {}
    assert len(commands) >= 4


@pytest.mark.parametrize(
    "command",
    [
        ["scheduler", "jobs", "update", "http", "j", "--project=p", "--location=l", "--headers=A=b"],
        ["pubsub", "subscriptions", "create", "s", "--project=p", "--topic=t", "--ack-deadline=soon"],
    ],
    ids=["a flag that only creating has", "a value that is no number"],
)
def test_a_malformed_command_line_would_be_noticed(command: list[str], environment: dict[str, str]) -> None:
    assert NO_ACCOUNT not in what_it_says([str(GCLOUD), *command], environment)

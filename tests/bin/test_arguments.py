"""Scripts are told everything in the call and the environment, and refuse what is wrong before they act."""

from pathlib import Path

import pytest
from scripts_cloud import COORDINATOR_URL, ROOT, Cloud

PUBSUB = "phase5/deploy_pubsub_infrastructure.sh"
PRECOMPUTE = "precompute/deploy/deploy_precompute_processors.sh"


@pytest.mark.parametrize(
    ("script", "arguments", "reason"),
    [
        pytest.param(PUBSUB, [], "missing argument: COORDINATOR_URL", id="no URL"),
        pytest.param(
            PUBSUB, [COORDINATOR_URL, COORDINATOR_URL, "x"], "too many arguments", id="too many URLs"
        ),
        pytest.param(PUBSUB, ["--force", COORDINATOR_URL], "unknown option --force", id="unknown option"),
        pytest.param(PUBSUB, ["--project", "", COORDINATOR_URL], "--project needs a value", id="no project"),
        pytest.param(PRECOMPUTE, [], "missing argument: PROCESSOR", id="no processor"),
        pytest.param(PRECOMPUTE, ["player_stats"], "no processor player_stats", id="unknown processor"),
        pytest.param("phase5/rollback.sh", ["--yes"], "missing argument: SERVICE", id="no service"),
        pytest.param("phase5/rollback.sh", ["--yes", "web"], "there is no service web", id="unknown service"),
        pytest.param(
            "phase5/rollback.sh",
            ["--dry-run", "prediction-worker"],
            "it needs the REVISION",
            id="dry rollback to an unknown revision",
        ),
        pytest.param("phase5/pause.sh", ["now", "--yes"], "too many arguments: now", id="a stray argument"),
        pytest.param("phase5/verify.sh", ["--dry-run"], "nothing to show", id="dry verification"),
        pytest.param(
            "bigquery/apply_schemas.sh", ["--check", "--dry-run"], "nothing to show", id="dry check"
        ),
    ],
)
def test_a_wrong_call_is_a_usage_error_and_calls_nothing(
    cloud: Cloud, script: str, arguments: list[str], reason: str
) -> None:
    result = cloud.run(script, *arguments)

    assert result.returncode == 2
    assert f"error: {reason}" in result.stderr or reason in result.stderr.splitlines()[0]
    assert "Usage:" in result.stderr
    assert result.stdout == ""
    assert cloud.calls == []


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://coordinator.example", id="not https"),
        pytest.param("https://coordinator.example/", id="a slash behind it"),
        pytest.param("https://coordinator.example/trigger", id="a path"),
        pytest.param("https://coordinator.example?x=1", id="a query"),
        pytest.param("https://user@coordinator.example", id="a user"),
        pytest.param("https://", id="no host"),
        pytest.param("coordinator.example", id="no scheme"),
        pytest.param("https://coordinator.example --x", id="more than a URL"),
        pytest.param("https://coordinator.example\nhttps://b.example", id="two lines"),
        pytest.param("@COORDINATOR_URL@", id="a placeholder outside a dry run"),
    ],
)
@pytest.mark.parametrize("position", [0, 1], ids=["the coordinator's", "the worker's"])
def test_only_the_plain_url_of_a_service_is_taken(cloud: Cloud, url: str, position: int) -> None:
    arguments = [COORDINATOR_URL, COORDINATOR_URL]
    arguments[position] = url

    result = cloud.run(PUBSUB, *arguments)

    assert result.returncode == 2
    assert "must look like https://host" in result.stderr
    assert cloud.calls == []


@pytest.mark.parametrize(
    ("script", "arguments"),
    [
        pytest.param("phase5/pause.sh", [], id="pause"),
        pytest.param("phase5/rollback.sh", ["prediction-worker"], id="rollback"),
        pytest.param(
            "phase5/rollback.sh", ["prediction-worker", "prediction-worker-00001"], id="to a revision"
        ),
    ],
)
def test_what_takes_something_away_needs_a_yes(cloud: Cloud, script: str, arguments: list[str]) -> None:
    result = cloud.run(script, *arguments)

    assert result.returncode == 2
    assert "say --yes if you mean it" in result.stderr
    assert cloud.calls == []


def test_a_missing_program_is_named(cloud: Cloud) -> None:
    (cloud.folder / "programs" / "gcloud").unlink()
    only_these = f"{cloud.folder / 'programs'}:/none"

    result = cloud.run(PUBSUB, COORDINATOR_URL, PATH=f"{only_these}:{_folder_without_gcloud(cloud)}")

    assert result.returncode == 1
    assert result.stderr == "error: the command gcloud is not installed\n"


def _folder_without_gcloud(cloud: Cloud) -> str:
    """A folder with the few other programs that a script needs to come that far."""
    folder = cloud.folder / "base"
    folder.mkdir()
    for name in ("bash", "dirname", "readlink", "sed", "base64"):
        (folder / name).symlink_to(f"/usr/bin/{name}")
    return str(folder)


def test_a_script_that_is_called_through_a_link_does_the_same(cloud: Cloud, tmp_path: Path) -> None:
    link = tmp_path / "deploy"
    link.symlink_to(ROOT / "bin" / "deploy_all.sh")

    linked = cloud.run(str(link), "--dry-run")

    assert linked.returncode == 0, linked.stderr
    assert linked.stdout == cloud.run("deploy_all.sh", "--dry-run").stdout != ""


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        pytest.param("GAP_ALERT_PERCENT", "five", "GAP_ALERT_PERCENT: ", id="a word for a number"),
        pytest.param("DEADLINE_EASTERN", "25:00", "DEADLINE_EASTERN: ", id="an hour that does not exist"),
        pytest.param("LEASE_SECONDS", "5", "CALL_TIMEOUT_SECONDS must be under", id="two that do not fit"),
        pytest.param("READY_PERCENT", "80::TOKEN_SIGNATURES=verify", "holds ::", id="two in one"),
        pytest.param("READY_PERCENT", "80\nX=1", "holds :: or a line break", id="two lines"),
    ],
)
def test_a_setting_that_a_service_would_refuse_stops_the_deployment(
    cloud: Cloud, name: str, value: str, reason: str
) -> None:
    result = cloud.run("predictions/deploy/deploy_prediction_worker.sh", **{name: value})

    assert result.returncode == 1
    assert reason in result.stderr
    assert cloud.calls == []


def test_operators_are_taken_as_they_are_written(deployed: Cloud) -> None:
    result = deployed.run(PUBSUB, COORDINATOR_URL, OPERATORS="user:* user:ann@example.com")

    granted = [word for call in deployed.changes for word in call if word.startswith("--member=user:")]
    assert result.returncode == 0, result.stderr
    assert granted == ["--member=user:*", "--member=user:ann@example.com"]

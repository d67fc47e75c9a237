"""The two ways to stop trouble: hold everything, and go back to the revision before."""

from typing import Any

import pytest
from scripts_cloud import COORDINATOR_URL, Cloud

WORKER = "prediction-worker"


def what(cloud: Cloud) -> list[str]:
    return [" ".join(w for w in call[1:] if not w.startswith("--project")) for call in cloud.changes]


def test_a_pause_holds_the_jobs_and_keeps_the_messages(deployed: Cloud) -> None:
    result = deployed.run("phase5/pause.sh", "--yes")

    assert result.returncode == 0, result.stderr
    assert what(deployed)[:1] == ["scheduler jobs pause phase5-daily-backup --location=us-west2"]
    assert what(deployed)[-1:] == ["pubsub subscriptions modify-push-config nba-dlq-sub --push-endpoint="]
    assert {job["state"] for job in deployed.state["jobs"].values()} == {"PAUSED"}
    assert [s["pushConfig"] for s in deployed.state["subscriptions"].values()] == [{}, {}, {}, {}, {}]
    assert not any("delete" in call for call in deployed.calls)


def test_a_second_pause_changes_nothing(deployed: Cloud) -> None:
    deployed.run("phase5/pause.sh", "--yes")
    before = len(deployed.changes)

    result = deployed.run("phase5/pause.sh", "--yes")

    assert result.returncode == 0, result.stderr
    assert len(deployed.changes) == before == 12  # seven jobs, five subscriptions


@pytest.mark.parametrize(
    ("script", "arguments"),
    [
        pytest.param("phase5/resume.sh", [], id="resume"),
        pytest.param("phase5/deploy_pubsub_infrastructure.sh", [COORDINATOR_URL], id="a deployment"),
    ],
)
def test_after_a_pause_everything_runs_again_with_its_identity(
    deployed: Cloud, deployed_once: Cloud, script: str, arguments: list[str]
) -> None:
    deployed.run("phase5/pause.sh", "--yes")

    result = deployed.run(script, *arguments)

    assert result.returncode == 0, result.stderr
    assert deployed.state == deployed_once.state


def test_resuming_what_runs_changes_nothing(deployed: Cloud) -> None:
    result = deployed.run("phase5/resume.sh")

    assert result.returncode == 0, result.stderr
    assert deployed.changes == []


@pytest.mark.parametrize("script", ["pause", "resume"])
@pytest.mark.parametrize(
    ("kind", "name", "sentence"),
    [
        ("jobs", "phase5-retry-1", "the job phase5-retry-1 does not exist"),
        ("subscriptions", "nba-dlq-sub", "the subscription nba-dlq-sub does not exist"),
    ],
)
def test_what_does_not_exist_can_be_neither_paused_nor_resumed(
    deployed: Cloud, script: str, kind: str, name: str, sentence: str
) -> None:
    deployed.change(lambda state: state[kind].pop(name))

    result = deployed.run(f"phase5/{script}.sh", "--yes")

    assert result.returncode == 1
    assert sentence in result.stderr


def revision(name: str, ready: str = "True") -> dict[str, Any]:
    return {"metadata": {"name": name}, "status": {"conditions": [{"type": "Ready", "status": ready}]}}


@pytest.mark.parametrize(
    ("newest_first", "serving", "previous"),
    [
        pytest.param(["w-2", "w-1"], "w-2", "w-1", id="the one before"),
        pytest.param(["w-3 False", "w-2", "w-1"], "w-2", "w-1", id="not a newer one"),
        pytest.param(["w-3", "w-2 False", "w-1"], "w-3", "w-1", id="not one that was never ready"),
        pytest.param(["w-3", "w-2", "w-1"], "w-2", "w-1", id="further back, when asked again"),
    ],
)
def test_traffic_goes_back_to_the_last_revision_that_was_ready(
    deployed: Cloud, newest_first: list[str], serving: str, previous: str
) -> None:
    revisions = [revision(*text.split()) for text in newest_first]
    traffic = [{"percent": 100, "revisionName": serving}]
    deployed.change(lambda state: state["revisions"].update({WORKER: revisions}))
    deployed.change(lambda state: state["services"][WORKER]["status"].update(traffic=traffic))

    result = deployed.run("phase5/rollback.sh", WORKER, "--yes")

    assert result.returncode == 0, result.stderr
    assert what(deployed) == [
        f"run services update-traffic {WORKER} --region=us-west2 --to-revisions={previous}=100"
    ]
    assert deployed.state["services"][WORKER]["status"]["traffic"] == [
        {"percent": 100, "revisionName": previous}
    ]


def test_a_first_deployment_has_nothing_to_go_back_to(deployed: Cloud) -> None:
    result = deployed.run("phase5/rollback.sh", WORKER, "--yes")

    assert result.returncode == 1
    assert "prediction-worker has no ready revision before prediction-worker-00001" in result.stderr
    assert deployed.changes == []


def test_traffic_that_is_split_needs_a_revision(deployed: Cloud) -> None:
    halves = [{"percent": 50, "revisionName": "w-1"}, {"percent": 50, "revisionName": "w-2"}]
    deployed.change(lambda state: state["services"][WORKER]["status"].update(traffic=halves))

    asked = deployed.run("phase5/rollback.sh", WORKER, "--yes")
    named = deployed.run("phase5/rollback.sh", WORKER, "w-1", "--yes")

    assert asked.returncode == 1
    assert "name the REVISION" in asked.stderr
    assert named.returncode == 0, named.stderr
    assert len(deployed.changes) == 1


def test_a_service_that_is_not_deployed_cannot_go_back(cloud: Cloud) -> None:
    result = cloud.run("phase5/rollback.sh", WORKER, "--yes")

    assert result.returncode == 1
    assert "the service prediction-worker does not exist" in result.stderr

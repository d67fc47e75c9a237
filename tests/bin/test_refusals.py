"""Only "not found" is absence: whatever else goes wrong ends the script at once, with a sentence."""

import pytest
from scripts_cloud import COORDINATOR_URL, Cloud

PUBSUB = "phase5/deploy_pubsub_infrastructure.sh"


@pytest.mark.parametrize(
    "refused",
    [
        "iam service-accounts describe phase5-push",
        "pubsub topics describe prediction-request-prod",
        "pubsub topics get-iam-policy nba-dlq",
        "run services get-iam-policy prediction-worker",
        "pubsub subscriptions describe nba-dlq-sub",
        "scheduler jobs describe phase5-retry-2",
    ],
)
def test_a_reading_that_is_refused_is_not_taken_for_absence(deployed: Cloud, refused: str) -> None:
    deployed.change(lambda state: state.update(refuse=refused))

    result = deployed.run(PUBSUB, COORDINATOR_URL)

    assert result.returncode == 1
    assert f"error: gcloud {refused}" in result.stderr
    assert "did not work: ERROR: (gcloud." in result.stderr
    assert "PERMISSION_DENIED" in result.stderr
    assert deployed.changes == []


@pytest.mark.parametrize(
    ("program", "message"),
    [
        pytest.param(
            "gcloud",
            "ERROR: (gcloud.pubsub) NOT_FOUND: Requested project not found or user lacks access to it",
            id="the project",
        ),
        pytest.param("gcloud", "ERROR: gcloud crashed (ConnectionError): not found", id="the network"),
        pytest.param("gcloud", "ERROR: You do not have an active account selected", id="the account"),
    ],
)
def test_what_only_sounds_like_absence_is_none(cloud: Cloud, program: str, message: str) -> None:
    (cloud.folder / "programs" / program).write_text(f"#!/bin/sh\necho '{message}' >&2\nexit 1\n")

    result = cloud.run(PUBSUB, COORDINATOR_URL, COORDINATOR_URL)

    assert result.returncode == 1
    assert "did not work: ERROR" in result.stderr
    assert "create" not in result.stderr


def test_a_change_that_is_refused_ends_the_script(cloud: Cloud) -> None:
    cloud.change(lambda state: state.update(refuse="pubsub topics create prediction-ready-prod"))

    result = cloud.run(PUBSUB, COORDINATOR_URL, COORDINATOR_URL)

    assert result.returncode == 1
    assert "gcloud pubsub topics create prediction-ready-prod" in result.stderr.splitlines()[-1]
    assert "PERMISSION_DENIED" in result.stderr.splitlines()[-1]
    assert sum("prediction-ready-prod" in call for call in cloud.changes) == 1
    assert list(cloud.state["topics"]) == ["nba-phase4-precompute-complete", "prediction-request-prod"]


def test_a_deployment_of_everything_ends_with_the_step_that_failed(cloud: Cloud) -> None:
    cloud.change(lambda state: state.update(refuse="mk --dataset nba-props-platform:nba_reference"))

    result = cloud.run("deploy_all.sh")

    assert result.returncode == 1
    assert [call[-1] for call in cloud.changes] == [
        "nba-props-platform:nba_analytics",
        "nba-props-platform:nba_predictions",
        "nba-props-platform:nba_reference",
    ]


def test_a_worker_that_is_not_deployed_is_missed(cloud: Cloud) -> None:
    result = cloud.run(PUBSUB, COORDINATOR_URL)

    assert result.returncode == 1
    assert "nothing to read WORKER_URL from: gcloud run services describe prediction-worker" in result.stderr
    assert cloud.changes == []


def test_rights_on_a_service_that_does_not_exist_are_refused(cloud: Cloud) -> None:
    result = cloud.run(PUBSUB, COORDINATOR_URL, COORDINATOR_URL)

    assert result.returncode == 1
    assert "prediction-coordinator does not exist, so nobody can be given rights on it" in result.stderr


def test_a_service_account_that_is_seconds_old_is_waited_for(deployed: Cloud) -> None:
    deployed.change(lambda state: state["policies"].pop("topics/nba-dlq"))
    deployed.change(lambda state: state.update(unsettled=3))

    result = deployed.run(PUBSUB, COORDINATOR_URL)

    assert result.returncode == 0, result.stderr
    assert len(deployed.changes) == 4
    assert "topics/nba-dlq" in deployed.state["policies"]


def test_a_service_account_that_never_appears_ends_the_script(deployed: Cloud) -> None:
    deployed.change(lambda state: state["policies"].pop("topics/nba-dlq"))
    deployed.change(lambda state: state.update(unsettled=100))

    result = deployed.run(PUBSUB, COORDINATOR_URL)

    assert result.returncode == 1
    assert "does not exist" in result.stderr.splitlines()[-1]
    assert len(deployed.changes) == 6

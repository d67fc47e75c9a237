"""A dry run calls nothing, and prints what a run in an empty project really runs."""

import pytest
from scripts_cloud import COORDINATOR_URL, Cloud

PUBSUB = "phase5/deploy_pubsub_infrastructure.sh"
STEPS = [
    pytest.param("bigquery/apply_schemas.sh", [], id="schemas"),
    pytest.param("predictions/deploy/deploy_prediction_coordinator.sh", [], id="coordinator"),
    pytest.param("predictions/deploy/deploy_prediction_worker.sh", [], id="worker"),
    pytest.param("precompute/deploy/deploy_precompute_processors.sh", ["ml_feature_store"], id="Phase 4"),
    pytest.param(PUBSUB, [COORDINATOR_URL], id="Phase 5"),
    pytest.param("phase5/pause.sh", [], id="pause"),
    pytest.param("phase5/resume.sh", [COORDINATOR_URL], id="resume"),
    pytest.param("phase5/rollback.sh", ["prediction-worker", "prediction-worker-00001"], id="rollback"),
    pytest.param("monitoring/apply.sh", [], id="monitoring"),
    pytest.param("deploy_all.sh", [], id="everything"),
]


@pytest.mark.parametrize(("script", "arguments"), STEPS)
def test_a_dry_run_calls_nothing_and_says_nothing_is_done(
    cloud: Cloud, script: str, arguments: list[str]
) -> None:
    result = cloud.run(script, *arguments, "--dry-run")

    assert result.returncode == 0
    assert result.stderr == ""
    assert result.stdout != ""
    assert cloud.calls == []


@pytest.mark.parametrize(("script", "arguments"), STEPS)
def test_a_dry_run_needs_no_program_of_the_cloud(cloud: Cloud, script: str, arguments: list[str]) -> None:
    for program in ("gcloud", "bq", "curl"):
        (cloud.folder / "programs" / program).write_text("#!/bin/sh\nexit 99\n")

    result = cloud.run(script, *arguments, "--dry-run")

    assert result.returncode == 0


def test_what_is_printed_is_what_a_first_deployment_runs(cloud: Cloud, deployed_once: Cloud) -> None:
    printed = cloud.run("deploy_all.sh", "--dry-run").stdout

    result = cloud.paste(printed)

    assert result.returncode == 0, result.stderr
    assert cloud.changes == deployed_once.changes
    assert cloud.state == deployed_once.state


def test_the_url_of_the_worker_is_read_by_the_lines_themselves(cloud: Cloud) -> None:
    printed = cloud.run(PUBSUB, COORDINATOR_URL, "--dry-run").stdout.splitlines()

    assert printed[0] == (
        "WORKER_URL=$(gcloud run services describe prediction-worker --project=nba-props-platform "
        "--region=us-west2 '--format=value(status.url)')"
    )
    assert any('--push-endpoint="$WORKER_URL"/predict' in line for line in printed)


def test_names_come_from_the_environment(cloud: Cloud) -> None:
    printed = cloud.run(
        PUBSUB,
        COORDINATOR_URL,
        "--dry-run",
        "--project=staging-1",
        REGION="europe-west1",
        PHASE4_TOPIC="phase4-staging",
        TRIGGER_DELIVERY_ATTEMPTS="7",
        DAILY_BACKUP_JOB="0 5 * * 1-5|900|5",
    ).stdout

    assert "nba-props-platform" not in printed
    assert "us-west2" not in printed
    assert "--topic=projects/staging-1/topics/phase4-staging" in printed
    assert "--max-delivery-attempts=7" in printed
    assert "'--schedule=0 5 * * 1-5'" in printed
    assert "--attempt-deadline=900s --max-retry-attempts=5" in printed
    assert "serviceAccount:prediction-worker@staging-1.iam.gserviceaccount.com" in printed

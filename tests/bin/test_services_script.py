"""A deployment declares everything a service is, each time."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from scripts_cloud import ROOT, Cloud, Result

from shared.config import Settings, load_settings

PROJECT = "nba-props-platform"
SCRIPTS = {
    "prediction-coordinator": ["predictions/deploy/deploy_prediction_coordinator.sh"],
    "prediction-worker": ["predictions/deploy/deploy_prediction_worker.sh"],
    "precompute-processors": ["precompute/deploy/deploy_precompute_processors.sh", "ml_feature_store"],
}
LOCAL = {
    "data_dir",
    "build",
    "alert_urls",
    "alert_urls_critical",
    "alert_urls_warning",
    "console_url",
    "iap_audience",
    "model_dir",
    "model_hash",
    "otel_exporter_otlp_endpoint",
    "delivery_attempts",
    "trigger_delivery_attempts",
}


def deploy(cloud: Cloud, service: str, **environment: str) -> Result:
    return cloud.run(*SCRIPTS[service], **environment)


def flags_of_deploy(cloud: Cloud, service: str) -> dict[str, str]:
    (call,) = [c for c in cloud.changes if c[1:4] == ["run", "deploy", service]]
    return dict(word.partition("=")[::2] for word in call[4:])


def environment_of(cloud: Cloud, service: str) -> dict[str, str]:
    container = cloud.state["services"][service]["spec"]["template"]["spec"]["containers"][0]
    return {variable["name"]: variable.get("value", "") for variable in container["env"]}


@pytest.mark.parametrize("service", SCRIPTS)
def test_nobody_is_let_in_without_a_token(deployed_once: Cloud, service: str) -> None:
    flags = flags_of_deploy(deployed_once, service)

    assert "--no-allow-unauthenticated" in flags
    assert "--allow-unauthenticated" not in flags
    assert flags["--service-account"] == f"{service}@{PROJECT}.iam.gserviceaccount.com"


@pytest.mark.parametrize(
    ("service", "cpus", "concurrency", "timeout"),
    [
        ("prediction-coordinator", "1", "16", "2100"),
        ("prediction-worker", "1", "4", "600"),
        ("precompute-processors", "2", "4", "900"),
    ],
)
def test_threads_are_the_concurrency_and_processes_the_cpus(
    deployed_once: Cloud, service: str, cpus: str, concurrency: str, timeout: str
) -> None:
    environment = environment_of(deployed_once, service)
    spec = deployed_once.state["services"][service]["spec"]["template"]["spec"]

    assert environment["THREADS"] == concurrency == str(spec["containerConcurrency"])
    assert environment["WEB_CONCURRENCY"] == cpus
    assert str(spec["timeoutSeconds"]) == timeout


@pytest.mark.parametrize("service", SCRIPTS)
def test_the_environment_is_one_that_the_service_starts_with(
    deployed_once: Cloud, service: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    environment = environment_of(deployed_once, service)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    settings = load_settings()

    audience = f"https://{service}.{PROJECT}.internal"
    assert settings.token_signatures == "cloud_run"
    assert settings.token_audiences == (audience,)
    assert settings.operator_identities == (f"phase5-operator@{PROJECT}.iam.gserviceaccount.com",)
    assert settings.build == environment["BUILD"] == "abc1234"
    annotations = deployed_once.state["services"][service]["metadata"]["annotations"]
    assert annotations["run.googleapis.com/custom-audiences"] == f'["{audience}"]'


def test_every_setting_of_the_code_is_declared(deployed_once: Cloud) -> None:
    declared = environment_of(deployed_once, "prediction-coordinator").keys()

    wanted = {name for name in Settings.model_fields if not name.startswith("bus_") and name not in LOCAL}
    assert {name.upper() for name in wanted} <= declared


def test_a_threshold_of_the_environment_reaches_the_service(deployed: Cloud) -> None:
    systems = "moving_average_v1,ensemble_v2"

    deploy(deployed, "prediction-coordinator", READY_PERCENT="75", ACTIVE_SYSTEMS=systems)

    environment = environment_of(deployed, "prediction-coordinator")
    assert environment["READY_PERCENT"] == "75"
    assert environment["ACTIVE_SYSTEMS"] == systems


def test_signatures_are_never_left_to_a_service_that_does_not_check_them(deployed: Cloud) -> None:
    deploy(deployed, "prediction-worker", TOKEN_SIGNATURES="verify", TOKEN_AUDIENCES="https://other.example")

    environment = environment_of(deployed, "prediction-worker")
    assert environment["TOKEN_SIGNATURES"] == "cloud_run"
    assert environment["TOKEN_AUDIENCES"] == f"https://prediction-worker.{PROJECT}.internal"


def test_the_alert_channels_come_from_the_secret_manager_alone(deployed: Cloud) -> None:
    deployed.change(lambda state: state.update(secrets={"alert-urls": {}}))

    result = deploy(
        deployed, "prediction-coordinator", ALERT_URLS_SECRET="alert-urls", ALERT_URLS="slack://secret-token"
    )

    assert result.returncode == 0, result.stderr
    assert (
        flags_of_deploy(deployed, "prediction-coordinator")["--set-secrets"] == "ALERT_URLS=alert-urls:latest"
    )
    assert "secret-token" not in str(deployed.calls) + result.stderr + result.stdout
    (binding,) = deployed.state["policies"]["secrets/alert-urls"]["bindings"]
    assert binding["role"] == "roles/secretmanager.secretAccessor"
    assert binding["members"] == [f"serviceAccount:prediction-coordinator@{PROJECT}.iam.gserviceaccount.com"]


def test_each_severity_may_have_channels_in_a_secret_of_its_own(deployed: Cloud) -> None:
    deployed.change(lambda state: state.update(secrets={"all": {}, "pages": {}}))

    result = deploy(
        deployed,
        "prediction-coordinator",
        ALERT_URLS_SECRET="all",
        ALERT_URLS_CRITICAL_SECRET="pages",
        ALERT_URLS_WARNING_SECRET="all",
    )

    assert result.returncode == 0, result.stderr
    secrets = "ALERT_URLS=all:latest,ALERT_URLS_CRITICAL=pages:latest,ALERT_URLS_WARNING=all:latest"
    assert flags_of_deploy(deployed, "prediction-coordinator")["--set-secrets"] == secrets
    for secret in ("all", "pages"):
        (binding,) = deployed.state["policies"][f"secrets/{secret}"]["bindings"]
        assert binding["role"] == "roles/secretmanager.secretAccessor"


def test_the_worker_sends_no_alerts_and_may_not_read_their_channels(deployed: Cloud) -> None:
    deployed.change(lambda state: state.update(secrets={"alert-urls": {}}))

    deploy(deployed, "prediction-worker", ALERT_URLS_SECRET="alert-urls")

    flags = flags_of_deploy(deployed, "prediction-worker")
    assert "--set-secrets" not in flags
    assert "--clear-secrets" in flags
    assert "secrets/alert-urls" not in deployed.state["policies"]


def test_only_what_is_ready_gets_traffic_and_what_hangs_is_ended(
    deployed_once: Cloud,
) -> None:
    flags = flags_of_deploy(deployed_once, "prediction-worker")

    assert flags["--startup-probe"].startswith("httpGet.path=/ready,")
    assert flags["--liveness-probe"].startswith("httpGet.path=/health,")


def test_traffic_that_was_pinned_goes_to_the_new_revision(deployed: Cloud) -> None:
    service = "prediction-worker"
    pinned = [{"percent": 100, "revisionName": "prediction-worker-00000"}]
    deployed.change(lambda state: state["services"][service]["status"].update(traffic=pinned))

    result = deploy(deployed, service)

    (traffic,) = deployed.state["services"][service]["status"]["traffic"]
    assert traffic == {"latestRevision": True, "percent": 100, "revisionName": "prediction-worker-00002"}
    assert result.stdout == "https://prediction-worker-h4sh-wl.a.run.app\n"


def test_a_store_that_does_not_fit_the_code_stops_the_deployment(deployed: Cloud) -> None:
    def lose(state: dict[str, Any]) -> None:
        state["tables"]["nba_predictions.prediction_outcomes"]["schema"]["fields"].pop()

    deployed.change(lose)

    result = deploy(deployed, "prediction-worker")

    assert result.returncode == 1
    assert "prediction-worker is not deployed: the store does not fit this code" in result.stderr
    assert deployed.changes == []


def test_an_image_is_built_once_for_a_commit(deployed: Cloud) -> None:
    deploy(deployed, "prediction-worker")
    deploy(deployed, "prediction-worker", COMMIT="def5678")

    (build,) = [call for call in deployed.changes if call[1:3] == ["builds", "submit"]]
    assert build[3] == str(ROOT)
    assert build[-1] == (
        "--substitutions=_DOCKERFILE=Dockerfile.worker,"
        f"_IMAGE=us-west2-docker.pkg.dev/{PROJECT}/nba-props/prediction-worker:def5678,_COMMIT=def5678"
    )


def test_the_build_uses_what_it_is_given(deployed_once: Cloud) -> None:
    used = set(re.findall(r"\$(_[A-Z]+)", (ROOT / "bin/lib/cloudbuild.yaml").read_text()))

    for call in deployed_once.changes:
        if call[1:3] == ["builds", "submit"]:
            given = call[-1].removeprefix("--substitutions=").split(",")
            assert {pair.partition("=")[0] for pair in given} == used == {"_DOCKERFILE", "_IMAGE", "_COMMIT"}


def test_a_tree_that_differs_from_its_commit_is_not_deployed(cloud: Cloud, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    shutil.copytree(ROOT / "bin", tree / "bin")
    shutil.copy(ROOT / ".env.example", tree)
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", "-C", str(tree)]
    for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "a"]):
        subprocess.run([*git, *command], check=True)
    script = str(tree / "bin" / SCRIPTS["prediction-worker"][0])

    (tree / "bin" / "new.sh").touch()

    shown = cloud.run(script, "--dry-run", COMMIT="")
    deployed = cloud.run(script, COMMIT="")

    head = subprocess.run(
        [*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True
    ).stdout.strip()
    assert shown.returncode == 0, shown.stderr
    assert f"_COMMIT={head}" in shown.stdout
    assert deployed.returncode == 1
    assert "the tree differs from its commit" in deployed.stderr
    assert cloud.changes == []


def test_the_build_runs_as_an_account_that_may_only_build(deployed_once: Cloud) -> None:
    email = f"image-builder@{PROJECT}.iam.gserviceaccount.com"
    builds = [call for call in deployed_once.changes if call[1:3] == ["builds", "submit"]]
    granted = [call for call in deployed_once.changes if f"--member=serviceAccount:{email}" in call]

    assert {call[-2] for call in builds} == {f"--service-account=projects/{PROJECT}/serviceAccounts/{email}"}
    assert [word for call in granted for word in call if word.startswith("--role=")] == [
        "--role=roles/cloudbuild.builds.builder"
    ]


def test_a_dataset_grant_that_is_there_is_not_given_again(deployed: Cloud) -> None:
    email = f"prediction-worker@{PROJECT}.iam.gserviceaccount.com"
    access = deployed.state["datasets"]["nba_predictions"]["access"]

    deploy(deployed, "prediction-worker")

    assert {"role": "WRITER", "userByEmail": email} in access
    assert deployed.state["datasets"]["nba_predictions"]["access"] == access


def test_an_empty_project_is_told_to_apply_the_schemas_first(cloud: Cloud) -> None:
    result = deploy(cloud, "prediction-worker")

    assert result.returncode == 1
    assert "run bin/bigquery/apply_schemas.sh first" in result.stderr
    assert cloud.changes == []

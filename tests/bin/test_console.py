"""The console is the coordinator once more, behind Identity-Aware Proxy; nobody gets past that."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scripts_cloud import Cloud, Result, State

from shared.clock import SystemClock
from shared.config import load_settings
from shared.iap import build_iap_verifier
from shared.tokens import build_verifier

SCRIPT = "predictions/deploy/deploy_prediction_console.sh"
CONSOLE, COORDINATOR = "prediction-console", "prediction-coordinator"
VIEWERS = "user:ann@example.com group:oncall@example.com"
NAMED = {"CONSOLE_VIEWERS": VIEWERS, "CONSOLE_OPERATORS": "ann@example.com"}
OPERATOR = "phase5-operator@nba-props-platform.iam.gserviceaccount.com"
AGENT = "serviceAccount:service-123456789012@gcp-sa-iap.iam.gserviceaccount.com"
URL = f"https://{CONSOLE}-h4sh-wl.a.run.app"
PROXY = f"project/proxy of {CONSOLE}"


@pytest.fixture(scope="module")
def console_once(deployed_once: Cloud, tmp_path_factory: pytest.TempPathFactory) -> tuple[Cloud, Result]:
    """A deployed project whose console was deployed too, and what that printed."""
    cloud = deployed_once.copy(Path(tmp_path_factory.mktemp("console")) / "cloud")
    result = cloud.run(SCRIPT, **NAMED)
    assert result.returncode == 0, result.stderr
    return cloud, result


@pytest.fixture
def console(console_once: tuple[Cloud, Result], tmp_path: Path) -> Cloud:
    """A copy of that project."""
    return console_once[0].copy(tmp_path / "cloud")


def members(cloud: Cloud, thing: str, role: str) -> list[str]:
    bindings = cloud.state["policies"][thing]["bindings"]
    return [member for b in bindings if b["role"] == role for member in b["members"]]


def test_it_is_the_coordinators_image_and_account_behind_the_proxy(
    console_once: tuple[Cloud, Result],
) -> None:
    cloud, result = console_once
    (call,) = [c for c in cloud.changes if c[1:5] == ["beta", "run", "deploy", CONSOLE]]
    flags = dict(word.partition("=")[::2] for word in call[5:])

    assert result.stdout.splitlines() == [URL]
    assert {"--iap", "--no-allow-unauthenticated"} <= flags.keys()
    assert flags["--image"].endswith(f"/{COORDINATOR}:abc1234")
    assert flags["--service-account"].startswith(f"{COORDINATOR}@")
    assert not [c for c in cloud.changes if c[1:3] == ["builds", "submit"]]


def test_the_proxy_alone_may_call_it_and_lets_in_whom_it_is_told(console_once: tuple[Cloud, Result]) -> None:
    cloud, _ = console_once

    assert members(cloud, f"services/{CONSOLE}", "roles/run.invoker") == [AGENT]
    assert sorted(members(cloud, PROXY, "roles/iap.httpsResourceAccessor")) == sorted(VIEWERS.split())


def test_its_environment_is_one_that_it_starts_with_and_that_believes_no_removed_signature(
    console_once: tuple[Cloud, Result], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (container,) = console_once[0].state["services"][CONSOLE]["spec"]["template"]["spec"]["containers"]
    for variable in container["env"]:
        monkeypatch.setenv(variable["name"], variable["value"])

    settings = load_settings()

    assert settings.token_signatures == "verify"
    assert settings.iap_audience == f"/projects/123456789012/locations/us-west2/services/{CONSOLE}"
    assert settings.operator_identities == (OPERATOR, "ann@example.com")
    assert build_iap_verifier(settings, SystemClock()) is not None
    assert build_verifier(settings, SystemClock()).trusts_platform is False


def test_the_coordinator_knows_neither_the_proxy_nor_who_acts_in_the_console(cloud: Cloud) -> None:
    script = "predictions/deploy/deploy_prediction_coordinator.sh"

    shown = cloud.run(script, "--dry-run", **NAMED, IAP_AUDIENCE="/projects/1")

    assert f"OPERATOR_IDENTITIES={OPERATOR}::" in shown.stdout
    assert "TOKEN_SIGNATURES=cloud_run::" in shown.stdout
    assert "IAP_AUDIENCE" not in shown.stdout


def test_without_viewers_there_is_none_and_the_script_says_why(cloud: Cloud) -> None:
    result = cloud.run(SCRIPT)

    assert result.returncode == 1
    assert "CONSOLE_VIEWERS is empty, so nobody could see the console" in result.stderr
    assert cloud.calls == []


def off_the_proxy(state: State) -> None:
    del state["services"][CONSOLE]["metadata"]["annotations"]["run.googleapis.com/iap-enabled"]


def let_in(thing: str, member: str) -> Callable[[State], Any]:
    return lambda state: state["policies"][thing]["bindings"][0]["members"].append(member)


WRONG = {
    f"{CONSOLE}: metadata.annotations[run.googleapis.com/iap-enabled] is not set and should be true": (
        off_the_proxy
    ),
    f"{CONSOLE}: user:eve@example.com has roles/iap.httpsResourceAccessor and should not": (
        let_in(PROXY, "user:eve@example.com")
    ),
    f"{CONSOLE}: user:eve@example.com has roles/run.invoker and should not": (
        let_in(f"services/{CONSOLE}", "user:eve@example.com")
    ),
    f"GET {URL}/console answered 200 and not 302|401|403": (
        lambda state: state.setdefault("answers", {}).update({f"{URL}/console without a token": 200})
    ),
}


def test_whatever_would_let_somebody_past_the_proxy_is_named_and_nothing_else(console: Cloud) -> None:
    for change in WRONG.values():
        console.change(change)

    result = console.run("phase5/verify.sh", **NAMED)

    assert result.returncode == 1
    assert {line for line in result.stderr.splitlines() if line.startswith("wrong: ")} == {
        f"wrong: {sentence}" for sentence in WRONG
    }

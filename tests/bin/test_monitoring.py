"""The monitoring is made of its files, a second run changes nothing, and what has drifted is brought back."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scripts_cloud import ROOT, Cloud, Result, State

SCRIPT = "monitoring/apply.sh"
FOLDER = ROOT / "bin" / "monitoring"
CHANNELS = (
    "projects/nba-props-platform/notificationChannels/1 projects/nba-props-platform/notificationChannels/2"
)
ALERT_POLICIES = "projects/nba-props-platform/alertPolicies"  # in the order of their files' names
METRICS = sorted((FOLDER / "metrics").glob("*.yaml"))
POLICIES = sorted((FOLDER / "policies").glob("*.json"))


def policy(state: State, number: int = 1) -> dict[str, Any]:
    return state["policies of alerts"][f"{ALERT_POLICIES}/{number}"]


def words(call: list[str]) -> str:
    return " ".join(word for word in call[1:] if not word.startswith("--"))


def test_everything_that_has_a_file_is_made(deployed_once: Cloud) -> None:
    state = deployed_once.state

    assert sorted(state["metrics"]) == [f"nba_props_{path.stem}" for path in METRICS]
    assert len(state["policies of alerts"]) == len(POLICIES)
    assert [board["displayName"] for board in state["dashboards"].values()] == ["nba-props"]


def test_a_second_run_changes_nothing(deployed: Cloud) -> None:
    result = deployed.run(SCRIPT)

    assert result.returncode == 0, result.stderr
    assert deployed.changes == []


DRIFT: dict[str, tuple[Callable[[State], Any], str, str]] = {
    "a metric's filter": (
        lambda state: state["metrics"]["nba_props_overload"].update(filter="severity>=ERROR"),
        "logging metrics update nba_props_overload",
        'metric overload: filter is "severity>=ERROR" and should be ',
    ),
    "a metric's label": (
        lambda state: state["metrics"]["nba_props_alerts"]["metricDescriptor"].pop("labels"),
        "logging metrics update nba_props_alerts",
        "metric alerts: metricDescriptor.labels is null and should be ",
    ),
    "a policy's threshold": (
        lambda state: policy(state)["conditions"][0]["conditionThreshold"].update(thresholdValue=100.0),
        f"alpha monitoring policies update {ALERT_POLICIES}/1",
        "policy dead_letters: conditions[0].conditionThreshold.thresholdValue is 100.0 and should be 0",
    ),
    "a policy that tells somebody": (
        lambda state: policy(state, 2).update(notificationChannels=["projects/x/notificationChannels/9"]),
        f"alpha monitoring policies update {ALERT_POLICIES}/2",
        "policy deadline_check_failed: notificationChannels is ",
    ),
    "the dashboard": (
        lambda state: next(iter(state["dashboards"].values()))["mosaicLayout"]["tiles"].pop(),
        "monitoring dashboards update projects/nba-props-platform/dashboards/1",
        "dashboard dashboard: mosaicLayout.tiles is ",
    ),
}


@pytest.fixture(scope="module")
def corrected(deployed_once: Cloud, tmp_path_factory: pytest.TempPathFactory) -> tuple[Cloud, Result]:
    """A project in which all of this has drifted, and a run over it."""
    cloud = deployed_once.copy(Path(tmp_path_factory.mktemp("drift")) / "cloud")
    for change, _, _ in DRIFT.values():
        cloud.change(change)
    return cloud, cloud.run(SCRIPT)


@pytest.mark.parametrize("kind", DRIFT)
def test_what_has_drifted_is_named_and_brought_back(corrected: tuple[Cloud, Result], kind: str) -> None:
    cloud, result = corrected
    _, update, sentence = DRIFT[kind]

    assert result.returncode == 0, result.stderr
    assert [words(call) for call in cloud.changes].count(update) == 1
    assert sentence in result.stderr


def test_nothing_else_is_changed_and_all_is_as_it_was(
    corrected: tuple[Cloud, Result], deployed_once: Cloud
) -> None:
    cloud, _ = corrected

    assert {words(call) for call in cloud.changes} == {update for _, update, _ in DRIFT.values()}
    assert _without_etags(cloud.state) == _without_etags(deployed_once.state)


def test_what_the_platform_or_somebody_else_has_added_is_left_alone(deployed: Cloud) -> None:
    def add(state: State) -> None:
        state["metrics"]["somebody_elses"] = {"name": "somebody_elses", "filter": "severity>=ERROR"}
        policy(state)["creationRecord"] = {"mutateTime": "2026-01-15T00:00:00Z"}

    deployed.change(add)

    result = deployed.run(SCRIPT)

    assert result.returncode == 0, result.stderr
    assert deployed.changes == []


def test_every_policy_tells_the_channels_that_are_set(deployed: Cloud) -> None:
    first = deployed.run(SCRIPT, MONITORING_CHANNELS=CHANNELS)
    changed = len(deployed.changes)
    second = deployed.run(SCRIPT, MONITORING_CHANNELS=" ".join(reversed(CHANNELS.split())))

    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert changed == len(deployed.changes) == len(POLICIES)
    told = [p["notificationChannels"] for p in deployed.state["policies of alerts"].values()]
    assert told == [CHANNELS.split()] * len(POLICIES)


def test_a_check_names_what_is_missing_and_changes_nothing(cloud: Cloud) -> None:
    result = cloud.run(SCRIPT, "--check")

    assert result.returncode == 1
    assert "metric overload: does not exist" in result.stderr
    assert result.stderr.splitlines()[-1] == "error: the monitoring differs; run bin/monitoring/apply.sh"
    assert cloud.changes == []


def test_two_policies_of_one_name_are_for_a_person(deployed: Cloud) -> None:
    deployed.change(
        lambda state: state["policies of alerts"].update({"copy": dict(policy(state), name="copy")})
    )

    result = deployed.run(SCRIPT)

    assert result.returncode == 1
    assert "refused: 2 things are called 'nba-props: dead letters'; delete all but one" in result.stderr
    assert deployed.changes == []


def test_a_list_that_is_refused_is_not_taken_for_an_empty_one(deployed: Cloud) -> None:
    deployed.change(lambda state: state.update(refuse="alpha monitoring policies list"))

    result = deployed.run(SCRIPT)

    assert result.returncode == 1
    assert "error: gcloud alpha monitoring policies list" in result.stderr
    assert deployed.changes == []


def _without_etags(state: State) -> State:
    for board in state["dashboards"].values():
        board.pop("etag")
    return state

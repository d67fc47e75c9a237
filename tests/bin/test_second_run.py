"""A second run changes nothing, and what has drifted is brought back, all of it and nothing else."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scripts_cloud import COORDINATOR_URL, Cloud, Result, State

PUBSUB = "phase5/deploy_pubsub_infrastructure.sh"
TRIGGER = "nba-phase5-trigger-sub"


def test_a_second_run_changes_nothing(deployed: Cloud) -> None:
    result = deployed.run(PUBSUB, COORDINATOR_URL)

    assert result.returncode == 0, result.stderr
    assert deployed.changes == []
    assert deployed.state == deployed.copy(deployed.folder / "again").state


def test_what_is_partly_there_is_completed(deployed: Cloud, deployed_once: Cloud) -> None:
    def lose(state: State) -> None:
        del state["topics"]["nba-dlq"]
        del state["subscriptions"]["prediction-ready-sub"]
        del state["jobs"]["phase5-retry-2"]
        del state["accounts"]["phase5-scheduler@nba-props-platform.iam.gserviceaccount.com"]
        del state["policies"]["topics/nba-dlq"], state["policies"]["subscriptions/prediction-ready-sub"]
        state["policies"]["services/prediction-worker"]["bindings"] = []

    deployed.change(lose)

    result = deployed.run(PUBSUB, COORDINATOR_URL)

    assert result.returncode == 0, result.stderr
    assert [_what(call) for call in deployed.changes] == [
        "iam service-accounts create phase5-scheduler",
        "pubsub topics create nba-dlq",
        "pubsub topics add-iam-policy-binding nba-dlq",
        "run services add-iam-policy-binding prediction-worker",
        "run services add-iam-policy-binding prediction-worker",
        "pubsub subscriptions create prediction-ready-sub",
        "pubsub subscriptions add-iam-policy-binding prediction-ready-sub",
        "scheduler jobs create http phase5-retry-2",
    ]
    assert deployed.state == deployed_once.state


def sub(name: str, **changed: Any) -> Callable[[State], None]:
    return lambda state: state["subscriptions"][name].update(changed)


def job(name: str, **changed: Any) -> Callable[[State], None]:
    return lambda state: state["jobs"][name].update(changed)


def target(name: str, **changed: Any) -> Callable[[State], None]:
    return lambda state: state["jobs"][name]["httpTarget"].update(changed)


def push(name: str, **changed: Any) -> Callable[[State], None]:
    return lambda state: state["subscriptions"][name]["pushConfig"].update(changed)


# What was changed by hand, and the thing that is updated for it.
DRIFT: dict[str, tuple[Callable[[State], Any], str]] = {
    "a topic's retention": (
        lambda state: state["topics"]["nba-phase4-precompute-complete"].pop("messageRetentionDuration"),
        "pubsub topics update nba-phase4-precompute-complete",
    ),
    "the endpoint": (
        push(TRIGGER, pushEndpoint="https://other.example/trigger"),
        f"pubsub subscriptions update {TRIGGER}",
    ),
    "a push without an identity": (
        lambda state: state["subscriptions"]["prediction-request-sub"]["pushConfig"].pop("oidcToken"),
        "pubsub subscriptions update prediction-request-sub",
    ),
    "no dead-letter policy": (
        lambda state: state["subscriptions"]["prediction-ready-sub"].pop("deadLetterPolicy"),
        "pubsub subscriptions update prediction-ready-sub",
    ),
    "a policy where none may be": (
        sub("nba-dlq-sub", deadLetterPolicy={"deadLetterTopic": "x", "maxDeliveryAttempts": 5}),
        "pubsub subscriptions update nba-dlq-sub",
    ),
    "a job's schedule": (
        job("phase5-daily-backup", schedule="0 7 * * *"),
        "scheduler jobs update http phase5-daily-backup",
    ),
    "a job without a body": (
        lambda state: state["jobs"]["phase5-retry-1"]["httpTarget"].pop("body"),
        "scheduler jobs update http phase5-retry-1",
    ),
    "a job's content type": (
        target("phase5-retry-2", headers={"Content-Type": "application/octet-stream"}),
        "scheduler jobs update http phase5-retry-2",
    ),
    "a job without an identity": (
        lambda state: state["jobs"]["phase5-status-check"]["httpTarget"].pop("oidcToken"),
        "scheduler jobs update http phase5-status-check",
    ),
    "a paused job": (
        job("phase5-deadline-watch", state="PAUSED"),
        "scheduler jobs resume phase5-deadline-watch",
    ),
}
# The other fields that a run compares, each on its own.
FIELDS: dict[str, tuple[Callable[[State], Any], str]] = {
    "the audience": (
        lambda state: state["subscriptions"][TRIGGER]["pushConfig"]["oidcToken"].update(audience="x"),
        f"pubsub subscriptions update {TRIGGER}",
    ),
    "the ack deadline": (
        sub("prediction-request-sub", ackDeadlineSeconds=60),
        "pubsub subscriptions update prediction-request-sub",
    ),
    "the backoff": (
        sub("prediction-ready-sub", retryPolicy={"minimumBackoff": "10s", "maximumBackoff": "60s"}),
        "pubsub subscriptions update prediction-ready-sub",
    ),
    "an expiration": (
        sub("nba-dlq-sub", expirationPolicy={"ttl": "2678400s"}),
        "pubsub subscriptions update nba-dlq-sub",
    ),
    "a job's attempt deadline": (
        job("phase5-daily-backup", attemptDeadline="900s"),
        "scheduler jobs update http phase5-daily-backup",
    ),
    "a job's retries": (
        job("phase5-retry-1", retryConfig={}),
        "scheduler jobs update http phase5-retry-1",
    ),
    "a job's time zone": (
        job("phase5-retry-2", timeZone="Etc/UTC"),
        "scheduler jobs update http phase5-retry-2",
    ),
    "a job's address": (
        target("phase5-status-check", uri="https://x.example"),
        "scheduler jobs update http phase5-status-check",
    ),
    "a job's method": (
        target("phase5-deadline-watch", httpMethod="GET"),
        "scheduler jobs update http phase5-deadline-watch",
    ),
}


@pytest.fixture(scope="module")
def corrected(
    deployed_once: Cloud, tmp_path_factory: pytest.TempPathFactory
) -> dict[int, tuple[Cloud, Result]]:
    """Two projects in which each of many things has drifted in one way, and a run over each."""
    found = {}
    for number, kinds in enumerate((DRIFT, FIELDS)):
        cloud = deployed_once.copy(Path(tmp_path_factory.mktemp("drift")) / "cloud")
        for change, _ in kinds.values():
            cloud.change(change)
        found[number] = (cloud, cloud.run(PUBSUB, COORDINATOR_URL))
    return found


@pytest.mark.parametrize("kind", [*DRIFT, *FIELDS])
def test_drift_is_corrected(corrected: dict[int, tuple[Cloud, Result]], kind: str) -> None:
    cloud, result = corrected[kind in FIELDS]

    assert result.returncode == 0, result.stderr
    assert [_what(call) for call in cloud.changes].count((DRIFT | FIELDS)[kind][1]) == 1


def test_after_a_correction_everything_is_as_it_was(
    corrected: dict[int, tuple[Cloud, Result]], deployed_once: Cloud
) -> None:
    for number, kinds in enumerate((DRIFT, FIELDS)):
        cloud, _ = corrected[number]

        assert sorted(_what(call) for call in cloud.changes) == sorted(what for _, what in kinds.values())
        assert _without_agents(cloud.state) == _without_agents(deployed_once.state)


def test_a_difference_is_named_before_it_is_corrected(corrected: dict[int, tuple[Cloud, Result]]) -> None:
    _, result = corrected[1]

    assert "prediction-request-sub differs: ackDeadlineSeconds is 60 and should be 600" in result.stderr


def test_a_subscription_of_another_topic_is_not_touched(deployed: Cloud) -> None:
    deployed.change(sub(TRIGGER, topic="_deleted-topic_"))

    result = deployed.run(PUBSUB, COORDINATOR_URL)

    assert result.returncode == 1
    assert f"{TRIGGER} cannot be mended by an update" in result.stderr
    assert "topic is _deleted-topic_ and should be projects/nba-props-platform/topics/" in result.stderr
    assert deployed.changes == []


def _what(call: list[str]) -> str:
    return " ".join(word for word in call[1:] if not word.startswith("--"))


def _without_agents(state: State) -> State:
    """Without the header that the platform adds to a job on its own."""
    for name in state["jobs"]:
        state["jobs"][name]["httpTarget"]["headers"].pop("User-Agent", None)
    return state

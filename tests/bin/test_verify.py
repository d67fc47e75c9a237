"""After a deployment, every difference from what was declared is named."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scripts_cloud import COORDINATOR_URL, PRECOMPUTE_URL, WORKER_URL, Cloud, Result, State

SCRIPT = "phase5/verify.sh"
OPERATOR = "phase5-operator@nba-props-platform.iam.gserviceaccount.com"


def bind(thing: str, role: str, member: str) -> Callable[[State], Any]:
    def change(state: State) -> None:
        policy = state["policies"].setdefault(thing, {"bindings": []})
        found = [b for b in policy["bindings"] if b["role"] == role]
        if found:
            found[0]["members"].append(member)
        else:
            policy["bindings"].append({"role": role, "members": [member]})

    return change


def unbind(thing: str) -> Callable[[State], Any]:
    return lambda state: state["policies"].pop(thing)


def template(state: State, service: str) -> dict[str, Any]:
    return state["services"][service]["spec"]["template"]["spec"]


def set_variable(service: str, name: str, value: str) -> Callable[[State], Any]:
    def change(state: State) -> None:
        env = template(state, service)["containers"][0]["env"]
        env[:] = [*(v for v in env if v["name"] != name), {"name": name, "value": value}]

    return change


# What is wrong, and the sentence that says so.
WRONG: dict[str, tuple[Callable[[State], Any], str]] = {
    "a topic that is missing": (
        lambda state: state["topics"].pop("prediction-ready-prod"),
        "prediction-ready-prod does not exist",
    ),
    "a topic too many": (
        lambda state: state["topics"].update(x={"name": "projects/p/topics/prediction-request-dev"}),
        "the topic prediction-request-dev should not be there",
    ),
    "a subscription that is missing": (
        lambda state: state["subscriptions"].pop("nba-dlq-sub"),
        "nba-dlq-sub does not exist",
    ),
    "a second subscription of a topic": (
        lambda state: state["subscriptions"].update(
            x={
                "name": "projects/p/subscriptions/debug",
                "topic": "projects/nba-props-platform/topics/prediction-request-prod",
            }
        ),
        "the subscription of prediction-request-prod, debug should not be there",
    ),
    "a subscription without a dead-letter policy": (
        lambda state: state["subscriptions"]["prediction-request-sub"].pop("deadLetterPolicy"),
        "prediction-request-sub: deadLetterPolicy.maxDeliveryAttempts is not set and should be 5",
    ),
    "a subscription that pushes nowhere": (
        lambda state: state["subscriptions"]["prediction-ready-sub"].update(pushConfig={}),
        f"prediction-ready-sub: pushConfig.pushEndpoint is not set and should be {COORDINATOR_URL}/complete",
    ),
    "a push without an identity": (
        lambda state: state["subscriptions"]["nba-phase5-trigger-sub"]["pushConfig"].pop("oidcToken"),
        "nba-phase5-trigger-sub: pushConfig.oidcToken.serviceAccountEmail is not set",
    ),
    "a subscription with a filter": (
        lambda state: state["subscriptions"]["nba-phase5-trigger-sub"].update(filter="attributes:x"),
        "nba-phase5-trigger-sub: filter is attributes:x and should be not set",
    ),
    "a job that is missing": (
        lambda state: state["jobs"].pop("phase5-retry-1"),
        "phase5-retry-1 does not exist",
    ),
    "a job that is paused": (
        lambda state: state["jobs"]["phase5-retry-2"].update(state="PAUSED"),
        "phase5-retry-2: state is PAUSED and should be ENABLED",
    ),
    "a job at another time": (
        lambda state: state["jobs"]["phase5-status-check"].update(schedule="0 8 * * *"),
        "phase5-status-check: schedule is 0 8 * * * and should be 0 7 * * *",
    ),
    "a job without an identity": (
        lambda state: state["jobs"]["phase5-daily-backup"]["httpTarget"].pop("oidcToken"),
        "phase5-daily-backup: httpTarget.oidcToken.serviceAccountEmail is not set",
    ),
    "a job with a short deadline": (
        lambda state: state["jobs"]["phase5-daily-backup"].update(attemptDeadline="900s"),
        "phase5-daily-backup: attemptDeadline is 900s and should be 1800s",
    ),
    "a job too many": (
        lambda state: state["jobs"].update(x={"name": "projects/p/locations/l/jobs/phase5-old"}),
        "the job phase5-old should not be there",
    ),
    "a service that is open to everybody": (
        bind("services/prediction-coordinator", "roles/run.invoker", "allUsers"),
        "prediction-coordinator: is open to everybody",
    ),
    "a service that is open to every account": (
        bind("services/prediction-worker", "roles/run.admin", "allAuthenticatedUsers"),
        "prediction-worker: is open to everybody",
    ),
    "a caller too many": (
        bind("services/prediction-worker", "roles/run.invoker", "user:bob@example.com"),
        "prediction-worker: user:bob@example.com has roles/run.invoker and should not",
    ),
    "callers that are missing": (
        unbind("services/precompute-processors"),
        f"precompute-processors: serviceAccount:{OPERATOR} lacks roles/run.invoker",
    ),
    "a publisher too many": (
        bind("topics/prediction-request-prod", "roles/pubsub.publisher", "user:bob@example.com"),
        "prediction-request-prod: user:bob@example.com has roles/pubsub.publisher and should not",
    ),
    "dead letters that cannot be moved": (
        unbind("subscriptions/prediction-request-sub"),
        "prediction-request-sub: serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com "
        "lacks roles/pubsub.subscriber",
    ),
    "rights that are missing": (
        unbind("project/nba-props-platform"),
        "lacks roles/bigquery.jobUser",
    ),
    "a service of another identity": (
        lambda state: template(state, "prediction-worker").update(serviceAccountName="default"),
        "prediction-worker: spec.template.spec.serviceAccountName is default and should be prediction-",
    ),
    "a service that trusts without checking": (
        set_variable("prediction-coordinator", "TOKEN_AUDIENCES", "https://other.example"),
        "env[name=TOKEN_AUDIENCES].value is https://other.example and should be "
        "https://prediction-coordinator.nba-props-platform.internal",
    ),
    "a variable too many": (
        set_variable("prediction-worker", "DEBUG", "1"),
        "prediction-worker: the environment variable DEBUG should not be there",
    ),
    "a service whose platform checks nothing": (
        lambda state: state["services"]["precompute-processors"]["metadata"]["annotations"].update(
            {"run.googleapis.com/invoker-iam-disabled": "true"}
        ),
        "annotations[run.googleapis.com/invoker-iam-disabled] is true and should be not set",
    ),
    "a service that is not ready": (
        lambda state: state["services"]["precompute-processors"]["status"].update(
            conditions=[{"type": "Ready", "status": "False"}]
        ),
        "precompute-processors: status.conditions[type=Ready].status is False and should be True",
    ),
    "traffic that is pinned": (
        lambda state: state["services"]["prediction-worker"]["status"].update(
            traffic=[{"percent": 100, "revisionName": "prediction-worker-00000"}]
        ),
        "prediction-worker: status.traffic[latestRevision=True].percent is not set and should be 100",
    ),
    "a metric that is missing": (
        lambda state: state["metrics"].pop("nba_props_alerts"),
        "the monitoring is not as declared",
    ),
    "a store that does not fit": (
        lambda state: state["tables"].pop("nba_reference.alerts"),
        "the store does not fit the code",
    ),
    "a service that does not answer": (
        lambda state: state.setdefault("answers", {}).update({f"{WORKER_URL}/ready": "000"}),
        f"GET {WORKER_URL}/ready with a token answered 000 and not 200",
    ),
    "a plan that fails": (
        lambda state: state.setdefault("answers", {}).update({f"{COORDINATOR_URL}/plan": 500}),
        f"GET {COORDINATOR_URL}/plan with a token answered 500 and not 200|503",
    ),
    "a status that is refused": (
        lambda state: state.setdefault("answers", {}).update({f"{COORDINATOR_URL}/status": 401}),
        f"GET {COORDINATOR_URL}/status with a token answered 401 and not 200",
    ),
    "a service that answers everybody": (
        lambda state: state.setdefault("answers", {}).update(
            {f"{PRECOMPUTE_URL}/ready without a token": 200}
        ),
        f"GET {PRECOMPUTE_URL}/ready answered 200 and not 401|403",
    ),
}


@pytest.fixture(scope="module")
def verified(deployed_once: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Result:
    """A verification of a project in which everything above is wrong at once."""
    cloud = deployed_once.copy(Path(tmp_path_factory.mktemp("wrong")) / "cloud")
    for change, _ in WRONG.values():
        cloud.change(change)
    return cloud.run(SCRIPT)


@pytest.mark.parametrize("kind", WRONG)
def test_what_is_wrong_is_named(verified: Result, kind: str) -> None:
    sentence = WRONG[kind][1]

    assert any(line.startswith("wrong: ") and sentence in line for line in verified.stderr.splitlines())


def test_the_differences_are_counted_and_the_exit_code_says_so(verified: Result) -> None:
    lines = verified.stderr.splitlines()

    assert verified.returncode == 1
    assert lines[-1] == (
        f"error: {sum(line.startswith('wrong: ') for line in lines)} differences in nba-props-platform"
    )


def test_nothing_is_wrong_after_a_deployment(deployed: Cloud) -> None:
    result = deployed.run(SCRIPT)

    assert result.returncode == 0, result.stderr
    assert "wrong:" not in result.stderr
    assert deployed.changes == []
    asked = [call[-1] for call in deployed.calls if call[0] == "curl"]
    assert asked == [
        f"{COORDINATOR_URL}/ready",  # without a token
        f"{COORDINATOR_URL}/ready",
        f"{COORDINATOR_URL}/status",
        f"{COORDINATOR_URL}/plan",
        f"{WORKER_URL}/ready",
        f"{WORKER_URL}/ready",
        f"{PRECOMPUTE_URL}/ready",
        f"{PRECOMPUTE_URL}/ready",
    ]
    assert not any("Bearer" in word for call in deployed.calls for word in call)


def test_a_service_that_is_missing_altogether_is_one_sentence(deployed: Cloud) -> None:
    deployed.change(lambda state: state["services"].pop("precompute-processors"))

    result = deployed.run(SCRIPT)

    assert result.returncode == 1
    assert "there is nothing to read PRECOMPUTE_URL from" in result.stderr


def test_without_the_right_to_call_the_functions_the_right_is_named(deployed: Cloud) -> None:
    deployed.change(lambda state: state.update(refuse="print-identity-token"))

    result = deployed.run(SCRIPT)

    assert result.returncode == 1
    assert f"you need roles/iam.serviceAccountTokenCreator on {OPERATOR}" in result.stderr

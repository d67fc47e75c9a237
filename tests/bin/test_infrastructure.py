"""What stands after a deployment, to the letter."""

from typing import Any

import pytest
from scripts_cloud import COORDINATOR_URL, PRECOMPUTE_URL, WORKER_URL, Cloud

from shared.config import Settings
from shared.topology import subscriptions

PROJECT = "nba-props-platform"
AGENT = "serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com"
DEAD_LETTERS = f"projects/{PROJECT}/topics/nba-dlq"


def account(name: str) -> str:
    return f"{name}@{PROJECT}.iam.gserviceaccount.com"


def subscription(name: str, topic: str, service: str, endpoint: str, attempts: int | None) -> dict[str, Any]:
    dead_letters = {"deadLetterTopic": DEAD_LETTERS, "maxDeliveryAttempts": attempts}
    return {
        "name": f"projects/{PROJECT}/subscriptions/{name}",
        "topic": f"projects/{PROJECT}/topics/{topic}",
        "state": "ACTIVE",
        "ackDeadlineSeconds": 600,
        "retryPolicy": {"minimumBackoff": "10s", "maximumBackoff": "600s"},
        "expirationPolicy": {},
        "messageRetentionDuration": "604800s",
        "pushConfig": {
            "pushEndpoint": endpoint,
            "oidcToken": {
                "serviceAccountEmail": account("phase5-push"),
                "audience": f"https://{service}.{PROJECT}.internal",
            },
        },
    } | ({"deadLetterPolicy": dead_letters} if attempts else {})


@pytest.mark.parametrize(
    "expected",
    [
        subscription(
            "nba-phase5-trigger-sub",
            "nba-phase4-precompute-complete",
            "prediction-coordinator",
            f"{COORDINATOR_URL}/trigger",
            20,
        ),
        subscription(
            "prediction-request-sub",
            "prediction-request-prod",
            "prediction-worker",
            f"{WORKER_URL}/predict",
            5,
        ),
        subscription(
            "prediction-ready-sub",
            "prediction-ready-prod",
            "prediction-coordinator",
            f"{COORDINATOR_URL}/complete",
            5,
        ),
        subscription(
            "nba-phase4-refresh-sub",
            "nba-phase4-refresh",
            "precompute-processors",
            f"{PRECOMPUTE_URL}/refresh",
            5,
        ),
        subscription(
            "nba-dlq-sub",
            "nba-dlq",
            "prediction-coordinator",
            f"{COORDINATOR_URL}/dead-letter",
            None,
        ),
    ],
    ids=lambda s: s["name"].rpartition("/")[2],
)
def test_a_subscription_pushes_with_an_identity_and_never_expires(
    deployed_once: Cloud, expected: dict[str, Any]
) -> None:
    found = deployed_once.state["subscriptions"]

    assert found[expected["name"].rpartition("/")[2]] == expected
    assert len(found) == 5


def test_the_topics_are_there_and_the_event_of_phase_4_is_kept_for_a_day(deployed_once: Cloud) -> None:
    found = deployed_once.state["topics"]

    assert {name: topic.get("messageRetentionDuration") for name, topic in found.items()} == {
        "nba-phase4-precompute-complete": "86400s",
        "prediction-request-prod": None,
        "prediction-ready-prod": None,
        "nba-phase4-refresh": None,
        "nba-dlq": None,
    }


@pytest.mark.parametrize(
    ("name", "schedule", "method", "path", "deadline", "retries"),
    [
        ("phase5-daily-backup", "0 6 * * *", "POST", "/start", "1800s", 3),
        ("phase5-retry-1", "15 6 * * *", "POST", "/retry", "300s", 3),
        ("phase5-retry-2", "30 6 * * *", "POST", "/retry", "300s", 3),
        ("phase5-status-check", "0 7 * * *", "GET", "/status?check=sla", "60s", 3),
        ("phase5-deadline-watch", "*/5 6 * * *", "POST", "/retry", "240s", 1),
        ("phase5-refresh", "*/15 6-15 * * *", "POST", "/refresh", "240s", 1),
        ("phase5-grading", "0 9 * * *", "POST", "/grade", "60s", 3),
    ],
)
def test_a_job_calls_with_an_identity_and_a_json_body(
    deployed_once: Cloud, name: str, schedule: str, method: str, path: str, deadline: str, retries: int
) -> None:
    found = deployed_once.state["jobs"]

    assert len(found) == 7
    assert found[name] == {
        "name": f"projects/{PROJECT}/locations/us-west2/jobs/{name}",
        "state": "ENABLED",
        "schedule": schedule,
        "timeZone": "America/Los_Angeles",
        "attemptDeadline": deadline,
        "retryConfig": {
            "retryCount": retries,
            "minBackoffDuration": "10s",
            "maxBackoffDuration": "300s",
        },
        "httpTarget": {
            "uri": f"{COORDINATOR_URL}{path}",
            "httpMethod": method,
            "headers": {"Content-Type": "application/json", "User-Agent": "Google-Cloud-Scheduler"},
            "oidcToken": {
                "serviceAccountEmail": account("phase5-scheduler"),
                "audience": f"https://prediction-coordinator.{PROJECT}.internal",
            },
        }
        | ({"body": "e30="} if method == "POST" else {}),
    }


def test_the_embedded_bus_delivers_as_these_subscriptions_do(deployed_once: Cloud) -> None:
    found = deployed_once.state["subscriptions"]
    embedded = {policy.name: policy for policy in subscriptions(Settings(_env_file=None))}

    assert embedded.keys() == found.keys()
    for name, policy in embedded.items():
        attempts = found[name].get("deadLetterPolicy", {}).get("maxDeliveryAttempts")
        assert found[name]["topic"] == f"projects/{PROJECT}/topics/{policy.topic}"
        assert attempts == policy.max_delivery_attempts
        assert found[name]["ackDeadlineSeconds"] == policy.ack_deadline_seconds
        assert found[name]["retryPolicy"]["minimumBackoff"] == f"{policy.min_backoff_seconds:.0f}s"
        assert found[name]["retryPolicy"]["maximumBackoff"] == f"{policy.max_backoff_seconds:.0f}s"


def members(cloud: Cloud, thing: str) -> dict[str, list[str]]:
    """Who has which role on a thing."""
    bindings = cloud.state["policies"][thing]["bindings"]
    return {
        b["role"].rpartition("/")[2]: [m.removeprefix("serviceAccount:") for m in b["members"]]
        for b in bindings
    }


def test_each_service_may_be_called_by_those_who_need_it_alone(deployed_once: Cloud) -> None:
    assert members(deployed_once, "services/prediction-coordinator") == {
        "run.invoker": [account("phase5-operator"), account("phase5-push"), account("phase5-scheduler")]
    }
    assert members(deployed_once, "services/prediction-worker") == {
        "run.invoker": [account("phase5-operator"), account("phase5-push")]
    }
    assert members(deployed_once, "services/precompute-processors") == {
        "run.invoker": [account("phase3-processors"), account("phase5-operator"), account("phase5-push")]
    }


def test_each_service_publishes_to_its_own_topic_and_the_coordinator_replays_to_all(
    deployed_once: Cloud,
) -> None:
    agent, coordinator = AGENT.removeprefix("serviceAccount:"), account("prediction-coordinator")

    assert {
        topic: set(members(deployed_once, f"topics/{topic}")["pubsub.publisher"])
        for topic in deployed_once.state["topics"]
    } == {
        "nba-phase4-precompute-complete": {account("precompute-processors"), coordinator},
        "prediction-request-prod": {coordinator},
        "prediction-ready-prod": {account("prediction-worker"), coordinator},
        "nba-phase4-refresh": {coordinator},
        "nba-dlq": {agent},
    }


def test_pubsub_may_move_dead_letters_and_sign_the_tokens_of_its_pushes(deployed_once: Cloud) -> None:
    agent = [AGENT.removeprefix("serviceAccount:")]

    moved = ("nba-phase5-trigger-sub", "prediction-request-sub", "prediction-ready-sub")
    for name in (*moved, "nba-phase4-refresh-sub"):
        assert members(deployed_once, f"subscriptions/{name}") == {"pubsub.subscriber": agent}
    assert "subscriptions/nba-dlq-sub" not in deployed_once.state["policies"]
    assert members(deployed_once, f"accounts/{account('phase5-push')}") == {
        "iam.serviceAccountTokenCreator": agent
    }


def test_things_are_made_in_the_order_in_which_they_need_each_other(deployed_once: Cloud) -> None:
    made = [" ".join(call[:4]) for call in deployed_once.changes]
    steps = [
        next(i for i, call in enumerate(made) if call.startswith(start))
        for start in (
            "bq --headless",
            "gcloud pubsub topics create",
            "gcloud run deploy prediction-worker",
            "gcloud run deploy prediction-coordinator",
            "gcloud pubsub subscriptions create",
            "gcloud scheduler jobs create",
            "gcloud run deploy precompute-processors",
        )
    ]

    assert steps == sorted(steps)
    assert not any("delete" in call for call in deployed_once.changes)


def test_people_may_be_allowed_to_act_as_the_operator(deployed: Cloud) -> None:
    people = "user:ann@example.com group:ops@example.com"

    deployed.run("phase5/deploy_pubsub_infrastructure.sh", COORDINATOR_URL, OPERATORS=people)

    assert members(deployed, f"accounts/{account('phase5-operator')}") == {
        "iam.serviceAccountTokenCreator": ["group:ops@example.com", "user:ann@example.com"]
    }

import pytest

from shared.config import load_settings
from shared.topology import source_topics, subscriptions, topics


def test_dead_letters_come_from_every_subscription_but_their_own():
    assert source_topics(load_settings()) == {
        "nba-phase5-trigger-sub": "nba-phase4-precompute-complete",
        "prediction-request-sub": "prediction-request-prod",
        "prediction-ready-sub": "prediction-ready-prod",
        "nba-phase4-refresh-sub": "nba-phase4-refresh",
    }


@pytest.mark.parametrize(
    ("setting", "topic"),
    [
        ("trigger_subscription", "nba-phase4-precompute-complete"),
        ("request_subscription", "prediction-request-prod"),
        ("ready_subscription", "prediction-ready-prod"),
        ("refresh_subscription", "nba-phase4-refresh"),
        ("dead_letter_subscription", "nba-dlq"),
    ],
)
def test_a_subscription_may_have_another_name(setting, topic):
    settings = load_settings(**{setting: "renamed"})

    assert {policy.name: policy.topic for policy in subscriptions(settings)}["renamed"] == topic


def test_a_topic_may_have_another_name():
    settings = load_settings(request_topic="renamed")

    assert "renamed" in topics(settings)
    assert source_topics(settings)["prediction-request-sub"] == "renamed"

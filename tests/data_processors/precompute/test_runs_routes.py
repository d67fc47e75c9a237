"""`GET /runs`: which slates of a range have features, and whether another run would change anything."""

from datetime import timedelta

import pytest
from conformance import described_client

from data_processors.precompute.runs import RunOptions
from data_processors.precompute.service import create_app
from shared.config import Settings
from shared.features import FEATURE_VERSION

DAYS = "from=2025-01-10&to=2025-01-20"


@pytest.fixture
def client(phase4):
    return described_client(create_app(phase4.processor, Settings(), lambda: None))


@pytest.fixture
def slate(phase4, league):
    """SLATE with one player whose features are all usual, and a run of it."""
    day = league.expect("aaa0")["game_date"]
    league.slate("aaa0")
    phase4.slate("aaa0")
    return day, phase4.processor.run(RunOptions(day, is_backfill=True)).run.run_id


def runs(client, query=DAYS):
    return client.get(f"/runs?{query}").get_json()


def test_a_slate_whose_run_succeeded_is_done(client, slate):
    day, run_id = slate

    assert runs(client) == {
        "feature_version": FEATURE_VERSION,
        "slates": [
            {
                "game_date": day.isoformat(),
                "players": 1,
                "run_id": run_id,
                "feature_version": FEATURE_VERSION,
                "status": "success",
                "is_done": True,
            }
        ],
    }


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            "UPDATE nba_predictions.ml_feature_store_v2 SET feature_version = 'v0' WHERE TRUE",
            id="features of another version",
        ),
        pytest.param(
            "UPDATE nba_reference.processor_run_history SET status = 'partial' WHERE TRUE",
            id="a run that left somebody out",
        ),
        pytest.param(
            "UPDATE nba_reference.processor_run_history SET processor_name = 'another' WHERE TRUE",
            id="a run that is not recorded",
        ),
    ],
)
def test_it_is_not_done_by(client, phase4, slate, change):
    phase4.spoil(change)

    assert [row["is_done"] for row in runs(client)["slates"]] == [False]


def test_a_slate_without_features_is_not_done_and_a_date_without_a_slate_is_left_out(client, league):
    league.slate("aaa0", "bbb0")
    day = league.expect("aaa0")["game_date"]
    league.add_slate([league.expect("aaa0", game_date=day + timedelta(days=30))])

    (found,) = runs(client)["slates"]

    assert (found["players"], found["run_id"], found["status"], found["is_done"]) == (2, None, None, False)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=2025-01-10", "to"),
        ("to=2025-01-10", "from"),
        ("from=2025-02-30&to=2025-03-01", "from"),
        ("from=2025-01-11&to=2025-01-10", "body"),
        (f"{DAYS}&x=1", "x"),
    ],
)
def test_a_wrong_range_is_refused_by_its_field(client, query, field):
    response = client.get(f"/runs?{query}")

    assert (response.status_code, response.get_json()["field"]) == (400, field)

"""What is kept and not used, however good its values look."""

import math
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_processors.precompute.ml_feature_store.guards import GuardPolicy, row_reasons
from data_processors.precompute.ml_feature_store.judging import RunPolicy
from data_processors.precompute.ml_feature_store.quality import QualityPolicy
from data_processors.precompute.ml_feature_store.rows import slate_features
from data_processors.precompute.runs import Run, RunOptions
from shared.features import FEATURE_NAMES, FEATURES, out_of_range

POLICY = GuardPolicy()
NOW = datetime(2025, 1, 15, 12, tzinfo=UTC)
RUN = Run("run1", NOW, RunOptions(date(2025, 1, 15)))
SOUND = {
    "is_listed_twice": False,
    "games_counted_twice": 0,
    "slates_since_box_scores": 0,
    "league_days_since_team": 0,
    "team_games_since_player": 0,
}
VETERAN = {feature.name: feature.default for feature in FEATURES} | {"games_played": 40.0}


def raw(player="a", **changes):
    facts = {"player_lookup": player, "status": "ACTIVE", "projected_minutes": 30.0}
    return facts | VETERAN | SOUND | changes


def stored(*rows):
    found = slate_features(RUN, list(rows), NOW, RunPolicy(), QualityPolicy(), POLICY)
    return [(row["player_lookup"], *row["not_ready_reasons"]) for row in found.rows]


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        pytest.param({}, (), id="nothing is wrong"),
        pytest.param({"is_listed_twice": True}, ("duplicated:slate",), id="listed twice"),
        pytest.param({"is_listed_twice": None}, ("duplicated:slate",), id="unknown whether listed twice"),
        pytest.param({"games_counted_twice": 1}, ("duplicated:box_scores",), id="a game counts twice"),
        pytest.param({"games_counted_twice": -1}, ("duplicated:box_scores",), id="a count that cannot be"),
        pytest.param({"slates_since_box_scores": 1}, (), id="one night is not in yet"),
        pytest.param({"slates_since_box_scores": 2}, ("stale:source",), id="two nights are not in"),
        pytest.param({"slates_since_box_scores": None}, ("stale:source",), id="no box score at all"),
        pytest.param({"league_days_since_team": 14}, (), id="a long pause between playoff series"),
        pytest.param({"league_days_since_team": 15}, ("stale:team",), id="a team that is not written"),
        pytest.param({"team_games_since_player": 41}, (), id="out for half a season"),
        pytest.param({"team_games_since_player": 42}, ("stale:player",), id="out for longer"),
        pytest.param(
            {"is_listed_twice": True, "team_games_since_player": 42},
            ("duplicated:slate", "stale:player"),
            id="two things at once",
        ),
    ],
)
def test_a_row_is_quarantined_for_what_is_counted_twice_or_has_ended(changes, reasons):
    assert row_reasons(raw(**changes), POLICY) == reasons


@pytest.mark.parametrize("changes", [{"is_listed_twice": True}, {"slates_since_box_scores": None}])
def test_a_row_in_quarantine_is_never_that_of_a_newcomer(changes):
    ((_, *reasons),) = stored(raw(games_played=0.0, **changes))

    assert "no_history" not in reasons
    assert reasons


def test_a_newcomer_with_nothing_against_him_has_no_history():
    assert stored(raw(games_played=0.0)) == [("a", "no_history")]


def test_a_player_who_comes_twice_has_one_row_and_it_is_quarantined():
    rows = stored(raw("a"), raw("b", points_std_10=1.0), raw("a", points_std_10=2.0))

    assert rows == [("a", "duplicated:slate"), ("b",)]


def test_two_players_with_the_same_features_are_both_quarantined():
    rows = stored(raw("a"), raw("b"), raw("c", points_std_10=1.0))

    assert rows == [("a", "duplicated:features"), ("b", "duplicated:features"), ("c",)]


def test_beginners_may_have_done_the_same():
    rows = stored(raw("a", games_played=4.0), raw("b", games_played=4.0))

    assert rows == [("a",), ("b",)]


def test_what_is_listed_twice_is_not_ready_by_a_second_reason_that_says_the_same():
    assert stored(raw("a", is_listed_twice=True), raw("a")) == [("a", "duplicated:slate")]


anything = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-500, 500),
    st.floats(),
    st.text(max_size=3),
    st.sampled_from([0.0, 0.5, 20.0, 100.0, math.nan, math.inf]),
)


@given(
    values=st.dictionaries(st.sampled_from(FEATURE_NAMES), anything),
    guards=st.fixed_dictionaries(dict.fromkeys(SOUND, anything)),
)
def test_whatever_was_read_a_row_is_ready_only_if_all_that_is_stored_is_finite_and_in_range(values, guards):
    extracted = [raw() | values | guards]

    (row,) = slate_features(RUN, extracted, NOW, RunPolicy(), QualityPolicy(), POLICY).rows

    named = dict(zip(row["feature_names"], row["features"], strict=True))
    is_sound = all(math.isfinite(v) and not out_of_range(n, v) for n, v in named.items())
    assert row["feature_names"] == list(FEATURE_NAMES)
    assert all(map(math.isfinite, row["features"]))
    assert is_sound or not row["is_production_ready"]
    assert row["is_production_ready"] == (row["not_ready_reasons"] == [])
    assert 0 <= row["quality_score"] <= 100

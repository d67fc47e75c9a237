"""What a day is made of, and what the price list makes of it."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from local.costs.day import Day
from local.costs.habits import Habits
from local.costs.morning import spend_morning
from local.costs.prices import MIB, PRICES, Price
from local.costs.quotas import QUOTAS
from local.costs.sizing import columns_read, logical_bytes, mean_bytes, message_bytes
from local.costs.tables import as_markdown
from shared.config import Settings
from shared.errors import DependencyUnavailable
from shared.ports import OutgoingMessage

PREDICTIONS = "nba_predictions.player_prop_predictions"


@pytest.fixture(scope="module")
def settings():
    return Settings(_env_file=None, shard_players=20)


@pytest.fixture(scope="module")
def measured(settings):
    return spend_morning(60, date(2026, 1, 15), settings)


@pytest.fixture
def make_day(measured, settings):
    return lambda players, **habits: Day(players, measured, settings, Habits(**habits))


@pytest.mark.parametrize(
    ("value", "size"),
    [
        pytest.param(None, 0, id="a null is free"),
        pytest.param(True, 1, id="a truth is one byte"),
        pytest.param(7, 8, id="a number is eight"),
        pytest.param(date(2026, 1, 15), 8, id="a date is eight"),
        pytest.param(datetime(2026, 1, 15, tzinfo=UTC), 8, id="a time is eight"),
        pytest.param("née", 6, id="a text is two and its UTF-8"),
        pytest.param([1.0, "ab"], 12, id="a list is its items"),
    ],
)
def test_a_value_is_as_large_as_bigquery_counts_it(value, size):
    assert logical_bytes(value) == size


def test_a_column_counts_with_its_mean_over_all_rows():
    assert mean_bytes([{"name": "ab", "points": None}, {"name": "abcd", "points": 3.0}]) == {
        "name": 5,
        "points": 4,
    }
    assert mean_bytes([]) == {}


def test_a_message_is_its_data_and_its_attributes():
    assert message_bytes(OutgoingMessage(b"12345", {"run_id": "abc"})) == 14


def test_a_statement_is_billed_for_the_tables_behind_its_views_and_the_columns_it_names():
    read = columns_read("SELECT player_lookup FROM nba_predictions.player_prop_predictions_current")

    assert read.keys() == {PREDICTIONS, "nba_reference.slates"}
    assert {"player_lookup", "line_offset", "created_at"} <= read[PREDICTIONS]
    assert "p_over" not in read[PREDICTIONS]


def test_each_table_of_a_statement_costs_ten_mebibytes_at_least(make_day):
    small, large = make_day(60), make_day(10_000_000)

    assert small.scanned_bytes("batches") == 2 * 10 * MIB
    assert large.scanned_bytes("batches") > 2 * 10 * MIB


def test_every_announcement_is_counted_as_one_read_though_those_that_wait_share_one(make_day):
    day = make_day(450, retries=14, looks=10, refreshes=40, news=0)

    asked_by_trigger, last_announcement, start, retries, refreshes, looks, deadline = 2, 1, 1, 14, 40, 10, 3
    snapshots = asked_by_trigger + last_announcement + start + retries + refreshes + looks + deadline
    assert day.asked["query", "batch_progress"] == 23
    assert day.asked["query", "changes"] == 40
    assert day.asked["query", "snapshot"] == snapshots
    assert day.asked["append", PREDICTIONS] == 23


def test_claims_and_history_do_not_grow_with_the_slate(make_day):
    few, many = make_day(60, news=0).asked, make_day(100_000, news=0).asked

    for call in [
        ("execute", "claim"),
        ("execute", "finish"),
        ("query", "wanted_players"),
        ("query", "features"),
    ]:
        assert few[call] == many[call] == 1


def test_each_time_there_are_news_phase_4_runs_again_and_thirty_players_are_forecast_again(make_day):
    quiet, busy = make_day(60, news=0), make_day(60, news=10)

    assert busy.asked["query", "features"] == 11
    assert busy.asked["execute", "claim"] == 11
    assert busy.rows(PREDICTIONS) == pytest.approx(6 * quiet.rows(PREDICTIONS))
    assert busy.requests == quiet.requests + 40


def test_what_grows_with_the_players_grows_in_proportion(make_day):
    few, many = make_day(60, news=0), make_day(6_000, news=0)

    assert many.rows(PREDICTIONS) == 100 * few.rows(PREDICTIONS)
    assert many.rows("nba_reference.processor_run_history") == few.rows("nba_reference.processor_run_history")
    assert many.message_bytes == pytest.approx(100 * few.message_bytes, rel=0.05)


def test_a_small_message_is_billed_as_a_thousand_bytes(make_day, measured, settings):
    event = replace(measured, messages=((settings.phase4_topic, OutgoingMessage(b"{}")),))

    assert replace(make_day(60, news=0), morning=event).message_bytes == 1_000


def test_a_month_is_thirty_days_less_what_is_free():
    price = Price("units", dollars=2.0, free=40)

    assert price.of_day(3) == 6
    assert price.of_month(3) == (90 - 40) * 2
    assert price.of_month(1) == 0


def test_every_item_of_the_price_list_has_a_quantity(make_day):
    assert make_day(450).quantities().keys() == PRICES.keys()


def test_no_limit_is_passed_at_a_hundred_thousand_players(make_day):
    day = replace(make_day(100_000), settings=Settings(_env_file=None))

    passed = [quota.name for quota in QUOTAS if quota.used(day) >= quota.limit]

    assert passed == []


def test_the_tables_name_what_would_pass_a_limit(make_day):
    text = as_markdown([make_day(450), replace(make_day(100_000), settings=Settings(_env_file=None))])

    assert "| load jobs: 50 changes of a partitioned table in 10 s | 50 |" in text
    assert "**133**" in text


def test_a_morning_counts_each_route_by_its_name(measured):
    routes = Counter(call.route for call in measured.calls)

    assert routes.keys() == {
        *("/process", "/trigger", "/predict", "/complete"),
        *("/start", "/retry", "/refresh", "/status"),
    }


def test_a_morning_that_does_not_end_is_no_measure(settings):
    with pytest.raises(DependencyUnavailable, match="did not settle"):
        spend_morning(60, date(2026, 1, 15), settings, patience_seconds=0)

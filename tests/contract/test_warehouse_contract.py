"""What every adapter of the Warehouse port must satisfy; one joins by adding itself to ADAPTERS."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count

import emulators
import pytest

from shared.errors import (
    DataContractViolation,
    DependencyRejected,
    DependencyUnavailable,
    WriteConflict,
)
from shared.ports import Warehouse
from shared.slate import EASTERN, FIRST_SLATE, LAST_SLATE, slate_date
from shared.statements import inline_statement
from shared.warehouse.bigquery_warehouse import BigQueryWarehouse
from shared.warehouse.catalog import tables
from shared.warehouse.duckdb_warehouse import DuckDBWarehouse
from shared.warehouse.schema_check import check_schema, schema_faults

NOW = datetime(2025, 11, 28, 15, 30, 0, 123456, tzinfo=UTC)
FEATURES = "nba_predictions.ml_feature_store_v2"
HISTORY = "nba_reference.processor_run_history"
CONTEXT = "nba_analytics.upcoming_player_game_context"


class SetClock:
    """A clock that reads what the test sets."""

    def __init__(self):
        self.moment = NOW

    def now(self):
        return self.moment

    def sleep(self, seconds):
        self.moment += timedelta(seconds=seconds)


@dataclass(frozen=True)
class Store:
    """An adapter under test, with what the port does not offer; without a clock it keeps the real time."""

    warehouse: Warehouse
    create_schema: Callable[[], None]
    close: Callable[[], None]
    clock: SetClock | None = None

    def set_time(self, moment):
        if self.clock is not None:
            self.clock.moment = moment

    def is_now(self, moment):
        if self.clock is not None:
            return moment == self.clock.moment
        return abs(datetime.now(UTC) - moment) < timedelta(minutes=1)

    def make_today(self, day):
        """Make `day` today's slate where that can be done; return today's slate."""
        self.set_time(datetime(day.year, day.month, day.day, 23, tzinfo=UTC) + timedelta(hours=4))
        return slate_date(datetime.now(UTC) if self.clock is None else self.clock.now())


def duckdb_in_memory(request, folder, project):
    clock = SetClock()
    warehouse = DuckDBWarehouse(None, clock)
    return Store(warehouse, warehouse.create_schema, warehouse.close, clock)


def duckdb_in_a_file(request, folder, project):
    clock = SetClock()
    warehouse = DuckDBWarehouse(folder / "store.duckdb", clock)
    return Store(warehouse, warehouse.create_schema, warehouse.close, clock)


def bigquery_emulated(request, folder, project):
    """Each store is a project of its own in one emulator."""
    emulator = request.getfixturevalue("bigquery_emulator")
    client = emulator.client(project)
    warehouse = BigQueryWarehouse(client, emulator.writer(), service="contract")
    return Store(warehouse, lambda: emulators.create_schema(client), warehouse.close)


ADAPTERS = [
    duckdb_in_memory,
    duckdb_in_a_file,
    pytest.param(bigquery_emulated, marks=pytest.mark.emulated, id="bigquery_emulated"),
]


@pytest.fixture(scope="module", params=ADAPTERS, ids=lambda adapter: adapter.__name__)
def adapter(request):
    return request.param


@pytest.fixture(scope="module")
def store(adapter, request, tmp_path_factory):
    opened = adapter(request, tmp_path_factory.mktemp("store"), emulators.PROJECT)
    opened.create_schema()
    yield opened
    opened.close()


EMPTY_PROJECTS = (f"empty-{n}" for n in count())


@pytest.fixture
def empty_store(adapter, request, tmp_path):
    """A store of its own, without a schema, that the test may break."""
    opened = adapter(request, tmp_path, next(EMPTY_PROJECTS))
    yield opened
    opened.close()


@pytest.fixture
def warehouse(store):
    store.set_time(NOW)
    return store.warehouse


DAYS = (date(2024, 1, 1) + timedelta(days=2 * n) for n in count())


@pytest.fixture
def day():
    """A date that no other test writes to; neither is the one after it."""
    return next(DAYS)


def feature_row(game_date, player, /, **changes):
    return {
        "game_date": game_date,
        "player_lookup": player,
        "feature_run_id": "run-1",
        "feature_run_started_at": NOW,
        "feature_version": "v2.1",
        "feature_names": ["points_avg_5", "is_home"],
        "features": [21.5, 1.0],
        "is_production_ready": True,
        "not_ready_reasons": [],
        "quality_score": 90.0,
        "created_at": NOW,
        "status": "ACTIVE",
        "input_run_id": "run-0",
    } | changes


def history_row(data_date, run_id="run-1", /, **changes):
    return {
        "data_date": data_date,
        "processor_name": "ml_feature_store_v2",
        "run_id": run_id,
        "status": "success",
        "records_processed": 450,
        "triggered_by": "schedule",
        "started_at": NOW,
        "processed_at": NOW + timedelta(minutes=2),
        "summary": None,
    } | changes


def select(table, column="game_date", what="*"):
    text = f"SELECT {what} FROM {table} WHERE {column} = @day ORDER BY 1, 2"
    return inline_statement("select", text, day="DATE")


def players(warehouse, game_date):
    rows = warehouse.query(select(FEATURES, what="player_lookup, feature_run_id"), day=game_date)
    return [row["player_lookup"] for row in rows]


def in_another_thread(call):
    results = []
    thread = threading.Thread(target=lambda: results.append(call()))
    thread.start()
    thread.join(30)
    return results[0]


# Rows


def test_appended_rows_are_seen_by_another_threads_next_query(warehouse, day):
    warehouse.append(FEATURES, [feature_row(day, "a"), feature_row(day, "b")])

    assert in_another_thread(lambda: players(warehouse, day)) == ["a", "b"]


def test_rows_that_another_thread_appended_are_seen_by_the_next_query(warehouse, day):
    assert players(warehouse, day) == []

    in_another_thread(lambda: warehouse.append(FEATURES, [feature_row(day, "a")]))

    assert players(warehouse, day) == ["a"]


def test_every_column_type_comes_back_as_it_was_written(warehouse, day):
    row = feature_row(day, "Luka Dončić 'the don' \\ \"77\" \n")

    warehouse.append(FEATURES, [row])

    assert warehouse.query(select(FEATURES), day=day) == [row]


def test_times_come_back_aware_and_to_the_microsecond(warehouse, day):
    eastern = datetime.fromisoformat("2025-11-28T10:30:00.123456-05:00")

    warehouse.append(FEATURES, [feature_row(day, "a", created_at=eastern)])

    (row,) = warehouse.query(select(FEATURES), day=day)
    assert row["created_at"] == NOW
    assert row["created_at"].utcoffset() == timedelta()


@pytest.mark.parametrize("number", [0.1, 1e-300, 1.7976931348623157e308, 1 / 3])
def test_a_number_comes_back_to_the_last_bit(warehouse, day, number):
    warehouse.append(FEATURES, [feature_row(day, "a", quality_score=number, features=[number])])

    (row,) = warehouse.query(select(FEATURES), day=day)
    assert (row["quality_score"], row["features"]) == (number, [number])


def test_nulls_and_columns_left_out_come_back_as_none(warehouse, day):
    row = {
        "game_date": day,
        "game_id": "g",
        "player_lookup": "a",
        "player_name": "A",
        "team": "BOS",
        "opponent": "NYK",
        "is_home": False,
        "status": "ACTIVE",
        "line": None,
        "observed_at": NOW,
    }

    warehouse.append(CONTEXT, [row])

    (read,) = warehouse.query(select(CONTEXT), day=day)
    empty = {"player_id", "projected_minutes", "line", "over_odds", "under_odds", "line_observed_at"}
    assert {name for name, value in read.items() if value is None} == empty
    assert read["is_home"] is False


def test_an_array_that_was_left_out_comes_back_empty_or_as_none(warehouse, day):
    row = feature_row(day, "a")
    del row["not_ready_reasons"]

    warehouse.append(FEATURES, [row])

    (read,) = warehouse.query(select(FEATURES), day=day)
    assert read["not_ready_reasons"] in (None, [])


def test_json_is_written_from_a_dict_and_read_in_sql(warehouse, day):
    summary = {"gap": {"missing": ["a", "b"], "percent": 2.5}, "note": 'say "hi"'}
    warehouse.append(HISTORY, [history_row(day, summary=summary)])

    what = (
        "JSON_VALUE(summary, '$.note') AS note, JSON_VALUE(summary, '$.gap.percent') AS percent, "
        "JSON_VALUE(summary, '$.nothing') AS nothing"
    )
    rows = warehouse.query(select(HISTORY, "data_date", what), day=day)

    assert rows == [{"note": 'say "hi"', "percent": "2.5", "nothing": None}]


def test_more_rows_than_one_insert_takes_are_written_all(warehouse, day):
    rows = [feature_row(day, f"player {n:05}") for n in range(5_001)]

    warehouse.append(FEATURES, rows)

    assert len(set(players(warehouse, day))) == 5_001


def test_appending_nothing_changes_nothing(warehouse, day):
    warehouse.append(FEATURES, [])

    assert players(warehouse, day) == []


def test_appending_again_adds_again(warehouse, day):
    for _ in range(2):
        warehouse.append(FEATURES, [feature_row(day, "a")])

    assert players(warehouse, day) == ["a", "a"]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        pytest.param({"new_column": 1}, DataContractViolation, id="an unknown column"),
        pytest.param({"feature_run_id": None}, DependencyRejected, id="null where a value must be"),
        pytest.param({"quality_score": "high"}, DependencyRejected, id="a word for a number"),
        pytest.param({"features": ["high"]}, DependencyRejected, id="a word in an array of numbers"),
        pytest.param({"game_date": "yesterday"}, DependencyRejected, id="a word for a date"),
        pytest.param({"created_at": "noon"}, DependencyRejected, id="a word for a time"),
        pytest.param({"quality_score": float("nan")}, DependencyRejected, id="no number for a number"),
        pytest.param({"quality_score": float("inf")}, DependencyRejected, id="infinity for a number"),
        pytest.param({"feature_version": object()}, DependencyRejected, id="a thing that is no value"),
        pytest.param({"is_production_ready": 2**70}, DependencyRejected, id="a number too long for a column"),
    ],
)
def test_a_row_that_does_not_fit_is_refused_and_nothing_is_written(warehouse, day, change, error):
    with pytest.raises(error):
        warehouse.append(FEATURES, [feature_row(day, "a"), feature_row(day, "b", **change)])

    assert players(warehouse, day) == []


def test_after_a_refusal_the_next_append_works(warehouse, day):
    with pytest.raises(DependencyRejected):
        warehouse.append(FEATURES, [feature_row(day, "a", feature_run_id=None)])

    warehouse.append(FEATURES, [feature_row(day, "a")])

    assert players(warehouse, day) == ["a"]


def test_a_table_that_no_ddl_declares_is_refused(warehouse, day):
    with pytest.raises(DataContractViolation, match="nothing"):
        warehouse.append("nba_reference.nothing", [{"game_date": day}])


# Partitions


def test_replacing_a_partition_touches_only_its_date(warehouse, day):
    following = day + timedelta(days=1)
    warehouse.append(FEATURES, [feature_row(day, "old"), feature_row(following, "neighbour")])

    warehouse.replace_partition(FEATURES, day, [feature_row(day, "new"), feature_row(day, "newer")])

    assert players(warehouse, day) == ["new", "newer"]
    assert players(warehouse, following) == ["neighbour"]


def test_replacing_with_nothing_empties_the_partition(warehouse, day):
    warehouse.append(FEATURES, [feature_row(day, "old")])

    warehouse.replace_partition(FEATURES, day, [])

    assert players(warehouse, day) == []


def test_replacing_twice_is_replacing_once(warehouse, day):
    for _ in range(2):
        warehouse.replace_partition(FEATURES, day, [feature_row(day, "a")])

    assert players(warehouse, day) == ["a"]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        pytest.param({"new_column": 1}, DataContractViolation, id="an unknown column"),
        pytest.param({"feature_run_id": None}, DependencyRejected, id="null where a value must be"),
        pytest.param({"game_date": LAST_SLATE}, DataContractViolation, id="a row of another date"),
        pytest.param({"game_date": None}, DataContractViolation, id="a row without a date"),
    ],
)
def test_a_replacement_that_fails_leaves_the_old_rows(warehouse, day, change, error):
    warehouse.append(FEATURES, [feature_row(day, "old")])

    with pytest.raises(error):
        warehouse.replace_partition(FEATURES, day, [feature_row(day, "a"), feature_row(day, "b", **change)])

    assert players(warehouse, day) == ["old"]
    assert players(warehouse, LAST_SLATE) == []


def test_run_history_is_partitioned_by_its_own_date_column(warehouse, day):
    following = day + timedelta(days=1)
    warehouse.append(HISTORY, [history_row(day, "old"), history_row(following, "neighbour")])

    warehouse.replace_partition(HISTORY, day, [history_row(day, "new")])

    statement = select(HISTORY, "data_date", "run_id, status")
    assert [row["run_id"] for row in warehouse.query(statement, day=day)] == ["new"]
    assert [row["run_id"] for row in warehouse.query(statement, day=following)] == ["neighbour"]


def test_a_reader_sees_the_old_partition_or_the_new_one_and_nothing_between(warehouse, day):
    versions = {tuple(f"{name}{n}" for n in range(5)) for name in "ab"}
    warehouse.replace_partition(FEATURES, day, [feature_row(day, player) for player in min(versions)])
    seen, is_done = set(), threading.Event()

    def read():
        while not is_done.is_set():
            seen.add(tuple(players(warehouse, day)))

    reader = threading.Thread(target=read)
    reader.start()
    for version in sorted(versions) * 5:
        warehouse.replace_partition(FEATURES, day, [feature_row(day, player) for player in version])
    is_done.set()
    reader.join(30)

    assert seen <= versions


# Statements


def test_changing_rows_returns_their_number(warehouse, day):
    warehouse.append(FEATURES, [feature_row(day, "a"), feature_row(day, "b")])
    statement = inline_statement(
        "score",
        f"UPDATE {FEATURES} SET quality_score = @score WHERE game_date = @day AND player_lookup >= @from",
        score="FLOAT64",
        day="DATE",
        **{"from": "STRING"},
    )

    changed = [warehouse.execute(statement, score=1.0, day=day, **{"from": name}) for name in "abc"]

    assert changed == [2, 1, 0]


CLAIM = inline_statement(
    "claim",
    "UPDATE nba_reference.slates "
    "SET generation = generation + 1, claim_id = @claim_id, lease_until = CURRENT_TIMESTAMP() "
    "WHERE game_date = @day AND generation = @generation",
    claim_id="STRING",
    day="DATE",
    generation="INT64",
)


def test_of_those_who_compare_and_set_at_once_exactly_one_wins(store, warehouse, day):
    outcomes, ready = {}, threading.Barrier(4)

    def claim(name):
        ready.wait(30)
        try:
            outcomes[name] = warehouse.execute(CLAIM, claim_id=name, day=day, generation=0)
        except WriteConflict:
            outcomes[name] = 0

    claimants = [threading.Thread(target=claim, args=(f"claimant {n}",)) for n in range(4)]
    for claimant in claimants:
        claimant.start()
    for claimant in claimants:
        claimant.join(30)

    (slate,) = warehouse.query(select("nba_reference.slates"), day=day)
    assert sorted(outcomes.values()) == [0, 0, 0, 1]
    assert outcomes[slate["claim_id"]] == 1
    assert slate["generation"] == 1
    assert store.is_now(slate["lease_until"])


@pytest.mark.parametrize(
    "parameters",
    [
        pytest.param({}, id="all missing"),
        pytest.param({"claim_id": "c", "generation": 0}, id="one missing"),
        pytest.param({"claim_id": "c", "generation": 0, "day": FIRST_SLATE, "owner": "o"}, id="one too many"),
        pytest.param({"claim_id": "c", "generation": 0, "date": FIRST_SLATE}, id="one misspelt"),
    ],
)
@pytest.mark.parametrize("verb", ["query", "execute"])
def test_parameters_that_are_missing_or_too_many_are_refused(warehouse, verb, parameters):
    with pytest.raises(DataContractViolation, match="claim"):
        getattr(warehouse, verb)(CLAIM, **parameters)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("STRING", "a 'quoted' text"),
        ("STRING", ""),
        ("INT64", 2**53 + 1),
        ("FLOAT64", 0.1),
        ("BOOL", False),
        ("DATE", date(2025, 11, 28)),
        ("TIMESTAMP", NOW),
        ("ARRAY<STRING>", ["a", "b"]),
        ("ARRAY<STRING>", []),
        ("ARRAY<INT64>", [1, 2]),
        ("ARRAY<FLOAT64>", [0.5, -0.5]),
        ("ARRAY<DATE>", [date(2025, 11, 28), date(2025, 11, 29)]),
        *((kind, None) for kind in ("STRING", "INT64", "FLOAT64", "BOOL", "DATE", "TIMESTAMP")),
    ],
)
def test_a_parameter_arrives_with_its_type_and_value(warehouse, kind, value):
    statement = inline_statement("echo", "SELECT @value AS echoed", value=kind)

    ((echoed,),) = (row.values() for row in warehouse.query(statement, value=value))

    assert echoed == value
    assert type(echoed) is type(value)


def test_a_list_parameter_can_be_unnested(warehouse, day):
    warehouse.append(FEATURES, [feature_row(day, name) for name in "abc"])
    statement = inline_statement(
        "chosen",
        f"SELECT player_lookup FROM {FEATURES} "
        "WHERE game_date = @day AND player_lookup IN UNNEST(@names) ORDER BY player_lookup",
        day="DATE",
        names="ARRAY<STRING>",
    )

    assert warehouse.query(statement, day=day, names=["c", "a", "x"]) == [
        {"player_lookup": "a"},
        {"player_lookup": "c"},
    ]
    assert warehouse.query(statement, day=day, names=[]) == []


def test_a_text_parameter_is_never_part_of_the_statement(warehouse, day):
    warehouse.append(FEATURES, [feature_row(day, "a")])
    statement = inline_statement(
        "one",
        f"SELECT 1 AS n FROM {FEATURES} WHERE game_date = @day AND player_lookup = @name",
        day="DATE",
        name="STRING",
    )

    assert warehouse.query(statement, day=day, name="' OR '1' = '1") == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("SELECT FROM WHERE", id="no statement"),
        pytest.param("SELECT (1", id="a parenthesis left open"),
        pytest.param("SELECT * FROM nba_reference.nothing", id="a table that does not exist"),
        pytest.param("SELECT nothing FROM nba_reference.slates", id="a column that does not exist"),
        pytest.param("SELECT @nothing", id="a parameter that is not declared"),
        pytest.param("SELECT CAST('word' AS INT64)", id="a cast that fails"),
        pytest.param("SELECT ERROR('broken')", id="an error raised in SQL"),
    ],
)
@pytest.mark.parametrize("verb", ["query", "execute"])
def test_a_broken_statement_is_an_error_and_not_an_empty_answer(warehouse, verb, text):
    with pytest.raises(DependencyRejected, match="broken"):
        getattr(warehouse, verb)(inline_statement("broken", text))


# Time


TIME = inline_statement(
    "time",
    "SELECT CURRENT_TIMESTAMP() AS moment, CURRENT_DATE('America/New_York') AS in_new_york, "
    "CURRENT_DATE() AS in_utc",
)


@pytest.mark.parametrize(
    ("moment", "in_new_york", "in_utc"),
    [
        pytest.param(NOW, date(2025, 11, 28), date(2025, 11, 28), id="by day they agree"),
        pytest.param(
            datetime(2025, 11, 29, 4, 59, 59, tzinfo=UTC),
            date(2025, 11, 28),
            date(2025, 11, 29),
            id="on a winter evening New York is a day behind",
        ),
        pytest.param(
            datetime(2025, 7, 1, 3, 59, 59, tzinfo=UTC),
            date(2025, 6, 30),
            date(2025, 7, 1),
            id="on a summer evening too",
        ),
        pytest.param(
            datetime(2025, 7, 1, 4, tzinfo=UTC),
            date(2025, 7, 1),
            date(2025, 7, 1),
            id="summer midnight",
        ),
    ],
)
def test_the_statements_time_is_the_stores_clock(store, warehouse, moment, in_new_york, in_utc):
    if store.clock is None:
        pytest.skip("this store's clock cannot be set")
    store.set_time(moment)

    assert warehouse.query(TIME) == [{"moment": moment, "in_new_york": in_new_york, "in_utc": in_utc}]


def test_the_statements_time_is_now_and_its_date_is_new_yorks(store, warehouse):
    (read,) = warehouse.query(TIME)

    assert store.is_now(read["moment"])
    assert read["in_new_york"] == read["moment"].astimezone(EASTERN).date()


# Schema


def test_the_columns_that_exist_are_those_of_the_ddl(warehouse):
    existing = warehouse.columns()

    declared = {name: dict(table.columns) for name, table in tables().items() if not table.is_view}
    assert {name: existing[name] for name in declared} == declared
    assert tables().keys() <= existing.keys()
    check_schema(warehouse)


def test_the_slates_are_created_filled_with_one_row_per_date(warehouse):
    rows = warehouse.query(
        inline_statement("slates", "SELECT game_date FROM nba_reference.slates ORDER BY game_date")
    )

    days = (LAST_SLATE - FIRST_SLATE).days + 1
    assert [row["game_date"] for row in rows] == [FIRST_SLATE + timedelta(days=n) for n in range(days)]


def test_a_new_slate_waits_unclaimed(warehouse):
    (slate,) = warehouse.query(select("nba_reference.slates"), day=FIRST_SLATE)

    filled = {name: value for name, value in slate.items() if value is not None}
    assert filled == {"game_date": FIRST_SLATE, "state": "waiting", "generation": 0, "alerts_raised": ""}


def test_creating_the_schema_twice_changes_nothing(store, warehouse, day):
    warehouse.append(FEATURES, [feature_row(day, "a")])
    warehouse.execute(CLAIM, claim_id="c", day=day, generation=0)
    before = (warehouse.columns(), warehouse.query(select("nba_reference.slates"), day=day))

    store.create_schema()

    assert (warehouse.columns(), warehouse.query(select("nba_reference.slates"), day=day)) == before
    assert players(warehouse, day) == ["a"]
    assert len(warehouse.query(inline_statement("all", "SELECT state FROM nba_reference.slates"))) == 7671


def test_a_store_without_a_schema_fails_the_check_naming_every_table(empty_store):
    with pytest.raises(DataContractViolation) as violation:
        check_schema(empty_store.warehouse)

    assert all(f"{name} is missing" in str(violation.value) for name in tables())


@pytest.mark.parametrize(
    ("break_it", "fault"),
    [
        pytest.param(lambda c: c.pop(HISTORY), f"table {HISTORY} is missing", id="a missing table"),
        pytest.param(
            lambda c: c.pop("nba_predictions.prediction_results"),
            "view nba_predictions.prediction_results is missing",
            id="a missing view",
        ),
        pytest.param(
            lambda c: c[FEATURES].pop("features"),
            f"column {FEATURES}.features is missing",
            id="a missing column",
        ),
        pytest.param(
            lambda c: c[HISTORY].update(summary="STRING"),
            f"column {HISTORY}.summary is STRING and should be JSON",
            id="a type that changed",
        ),
        pytest.param(
            lambda c: c[FEATURES].update(features="ARRAY<STRING>"),
            f"column {FEATURES}.features is ARRAY<STRING> and should be ARRAY<FLOAT64>",
            id="an element type that changed",
        ),
    ],
)
def test_the_check_names_what_differs(warehouse, break_it, fault):
    existing = warehouse.columns()
    break_it(existing)

    assert schema_faults(existing) == [fault]


def test_a_column_that_the_code_does_not_know_is_no_fault(warehouse):
    existing = warehouse.columns()
    existing[FEATURES]["added_later"] = "STRING"

    assert schema_faults(existing) == []


# A store that is away


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(lambda w: w.query(inline_statement("one", "SELECT 1 AS n")), id="query"),
        pytest.param(lambda w: w.execute(CLAIM, claim_id="c", day=FIRST_SLATE, generation=0), id="execute"),
        pytest.param(lambda w: w.append(FEATURES, [feature_row(FIRST_SLATE, "a")]), id="append"),
        pytest.param(lambda w: w.append(FEATURES, []), id="append nothing"),
        pytest.param(lambda w: w.replace_partition(FEATURES, FIRST_SLATE, []), id="replace_partition"),
        pytest.param(lambda w: w.columns(), id="columns"),
        pytest.param(lambda w: in_another_thread_failing(w.columns), id="from another thread"),
    ],
)
def test_a_store_that_is_closed_is_an_error_for_every_verb(empty_store, call):
    empty_store.warehouse.query(inline_statement("one", "SELECT 1 AS n"))
    empty_store.close()

    with pytest.raises((DependencyUnavailable, DependencyRejected)):
        call(empty_store.warehouse)


def in_another_thread_failing(call):
    errors = []

    def catch():
        try:
            call()
        except (DependencyUnavailable, DependencyRejected) as error:
            errors.append(error)

    in_another_thread(catch)
    raise errors[0]


# Queries that people run by hand


RUNS_OF_TODAY = """
SELECT
    processor_name,
    triggered_by,
    started_at,
    status,
    records_processed
FROM `nba-props-platform.nba_reference.processor_run_history`
WHERE data_date = CURRENT_DATE('America/New_York')
  AND processor_name IN ("ml_feature_store_v2", "phase5_coordinator")
ORDER BY started_at
"""
PREDICTIONS_OF_TODAY = """
SELECT COUNT(DISTINCT player_lookup) as prediction_count
FROM `nba-props-platform.nba_predictions.player_prop_predictions`
WHERE game_date = CURRENT_DATE('America/New_York')
"""


def test_the_monitoring_query_for_runs_works_as_it_is_documented(store, warehouse, day):
    day = store.make_today(day)
    batch = {"processor_name": "phase5_coordinator", "started_at": NOW + timedelta(minutes=3)}
    other = {"processor_name": "phase3", "started_at": NOW}
    warehouse.append(
        HISTORY, [history_row(day, "b", **batch), history_row(day), history_row(day, "c", **other)]
    )

    rows = warehouse.query(inline_statement("runs", RUNS_OF_TODAY))

    assert [row["processor_name"] for row in rows] == ["ml_feature_store_v2", "phase5_coordinator"]
    assert rows[0] == {
        "processor_name": "ml_feature_store_v2",
        "triggered_by": "schedule",
        "started_at": NOW,
        "status": "success",
        "records_processed": 450,
    }


def test_the_monitoring_query_for_predictions_counts_players_once(store, warehouse, day):
    day = store.make_today(day)
    columns = tables()["nba_predictions.player_prop_predictions"].columns
    blank = {"STRING": "x", "FLOAT64": 0.0, "BOOL": True, "TIMESTAMP": NOW, "DATE": day}
    blank |= {"ARRAY<STRING>": ["x"], "ARRAY<FLOAT64>": [0.0]}
    row = {name: blank[kind] for name, kind in columns.items()}
    warehouse.append(
        "nba_predictions.player_prop_predictions",
        [row | {"player_lookup": player, "system_id": system} for player in "ab" for system in ("s", "t")],
    )

    rows = warehouse.query(inline_statement("predictions", PREDICTIONS_OF_TODAY))

    assert rows == [{"prediction_count": 2}]

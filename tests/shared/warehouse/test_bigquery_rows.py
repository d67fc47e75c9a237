"""What goes over the wire to the Storage Write API, read back by the shape that is sent with it."""

from datetime import UTC, date, datetime, timedelta, timezone

import orjson
import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import DataContractViolation
from shared.warehouse.bigquery_rows import encoded_chunks, row_descriptor
from shared.warehouse.catalog import tables

TABLES = [name for name, declared in tables().items() if not declared.is_view]
FEATURES = "nba_predictions.ml_feature_store_v2"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EXAMPLES = {
    "STRING": "Dončić",
    "INT64": -(2**63),
    "FLOAT64": 0.1,
    "BOOL": False,
    "DATE": date(2025, 11, 28),
    "TIMESTAMP": datetime(2025, 11, 28, 15, 30, 0, 123456, tzinfo=UTC),
    "JSON": {"gap": {"missing": ["a"], "percent": 2.5}, "on": date(2025, 11, 28)},
    "ARRAY<STRING>": ["a", "", "é"],
    "ARRAY<FLOAT64>": [0.1, -1e300],
}


def arrived(table, rows, shape=None):
    """Return the rows as BigQuery reads them: from the bytes, the shape beside them and the table's types."""
    file = descriptor_pb2.FileDescriptorProto(name="sent.proto", syntax="proto2")
    file.message_type.add().CopyFrom(shape or row_descriptor(table))
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    row_class = message_factory.GetMessageClass(pool.FindMessageTypeByName("Row"))
    encoded = [row for chunk in encoded_chunks(table, rows) for row in chunk]
    return [read(table, row_class.FromString(row)) for row in encoded]


def read(table, message):
    columns = tables()[table].columns
    return {field.name: typed(columns[field.name], value) for field, value in message.ListFields()}


def typed(kind, value):
    if kind == "DATE":
        return EPOCH.date() + timedelta(days=value)
    if kind == "TIMESTAMP":
        return EPOCH + timedelta(microseconds=value)
    if kind == "JSON":
        return orjson.loads(value)
    return list(value) if kind.startswith("ARRAY<") else value


def test_there_is_an_example_for_every_type_of_the_ddl():
    used = {kind for name in TABLES for kind in tables()[name].columns.values()}

    assert used <= EXAMPLES.keys()


@pytest.mark.parametrize("table", TABLES)
def test_a_full_row_arrives_in_every_table(table):
    row = {name: EXAMPLES[kind] for name, kind in tables()[table].columns.items()}

    (read_back,) = arrived(table, [row])

    assert read_back == {
        name: orjson.loads(orjson.dumps(value)) if isinstance(value, dict) else value
        for name, value in row.items()
    }


@pytest.mark.parametrize("table", TABLES)
def test_a_row_with_only_what_must_be_there_arrives_in_every_table(table):
    declared = tables()[table]
    row = {name: EXAMPLES[kind] for name, kind in declared.columns.items() if name in declared.required}

    assert arrived(table, [row]) == [row]


@pytest.mark.parametrize("table", TABLES)
def test_the_shape_has_the_columns_of_the_ddl_in_its_order_and_demands_what_the_ddl_demands(table):
    declared = tables()[table]
    shape = row_descriptor(table)

    assert [field.name for field in shape.field] == list(declared.columns)
    demanded = {field.name for field in shape.field if field.label == field.LABEL_REQUIRED}
    assert demanded == declared.required


def test_null_is_the_same_as_a_column_left_out():
    full = {name: EXAMPLES[kind] for name, kind in tables()[FEATURES].columns.items()}
    named = full | {"features": None, "not_ready_reasons": None}
    left_out = {name: value for name, value in named.items() if value is not None}

    assert list(encoded_chunks(FEATURES, [named])) == list(encoded_chunks(FEATURES, [left_out]))


def test_dates_and_times_written_as_text_arrive_as_dates_and_times():
    row = {name: EXAMPLES[kind] for name, kind in tables()[FEATURES].columns.items()}
    as_text = row | {"game_date": "2025-11-28", "created_at": "2025-11-28T10:30:00.123456-05:00"}

    assert arrived(FEATURES, [as_text]) == [row]


ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
VALUES = {
    "STRING": st.text(),
    "FLOAT64": st.floats(allow_nan=False, allow_infinity=False),
    "BOOL": st.booleans(),
    "DATE": st.dates(),
    "TIMESTAMP": st.datetimes(timezones=ZONES, min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)),  # noqa: DTZ001
    "ARRAY<STRING>": st.lists(st.text()),
    "ARRAY<FLOAT64>": st.lists(st.floats(allow_nan=False)),
}


@given(st.fixed_dictionaries({name: VALUES[kind] for name, kind in tables()[FEATURES].columns.items()}))
def test_any_row_arrives_as_it_was(row):
    (read_back,) = arrived(FEATURES, [row])

    assert read_back == {name: value for name, value in row.items() if value != []}


@given(st.lists(st.integers(0, 3_000_000), max_size=6))
def test_chunks_hold_all_rows_in_order_and_only_a_single_row_is_over_the_size(sizes):
    row = {name: EXAMPLES[kind] for name, kind in tables()[FEATURES].columns.items()}
    rows = [row | {"player_lookup": f"{n}" + "x" * size} for n, size in enumerate(sizes)]

    chunks = list(encoded_chunks(FEATURES, rows))

    assert [b for chunk in chunks for b in chunk] == [
        b for one in rows for c in encoded_chunks(FEATURES, [one]) for b in c
    ]
    assert all(len(chunk) == 1 or sum(map(len, chunk)) <= 4_000_000 for chunk in chunks)


def test_a_table_that_no_ddl_declares_has_no_shape():
    with pytest.raises(DataContractViolation, match="nothing"):
        row_descriptor("nba_reference.nothing")

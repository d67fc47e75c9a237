"""How large things are as Google bills them. Pure."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date

from shared.ports import OutgoingMessage, Row
from shared.warehouse.catalog import tables

_TABLE = re.compile(r"\bnba_\w+\.\w+")
_WORD = re.compile(r"\w+")


def columns_read(sql: str) -> dict[str, set[str]]:
    """Return the columns of each table, behind views too, whose names stand in a statement.

    BigQuery bills the columns that a statement really needs; a name that stands there is the most it can be.
    """
    found, text = set[str](), sql
    while new := set(_TABLE.findall(text)) & tables().keys() - found:
        found |= new
        text += " ".join(tables()[name].ddl.partition(" AS\n")[2] for name in new if tables()[name].is_view)
    words = set(_WORD.findall(text))
    return {name: words & tables()[name].columns.keys() for name in found if not tables()[name].is_view}


def logical_bytes(value: object) -> int:
    """Return what BigQuery counts for one value: 8 a number or time, 1 a truth, 2 and its UTF-8 a text."""
    if value is None:
        return 0
    if isinstance(value, bool):
        return 1
    if isinstance(value, int | float | date):
        return 8
    if isinstance(value, list | tuple):
        return sum(logical_bytes(item) for item in value)
    return 2 + len(str(value).encode())


def mean_bytes(rows: Sequence[Row]) -> dict[str, float]:
    """Return the mean logical bytes of each column."""
    total = Counter[str]()
    for row in rows:
        total.update({column: logical_bytes(value) for column, value in row.items()})
    return {column: found / len(rows) for column, found in total.items()}


def message_bytes(message: OutgoingMessage) -> int:
    """Return the bytes that Pub/Sub counts for a message: its data and its attributes."""
    return len(message.data) + sum(len(key) + len(value) for key, value in message.attributes.items())

"""CSV files that people hand over, plain or gzip; every fault is named by file, line, column and value."""

import csv
import gzip
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import lru_cache
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO, TextIO, TypeVar, cast

from shared.errors import InvalidInput

T = TypeVar("T")

_GZIP_MAGIC = b"\x1f\x8b"
_MISSING = frozenset({"", "nan", "NaN", "NA", "None", "null", "NULL"})
_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?", re.ASCII)
_UNREADABLE = (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error)
_SHOWN = 60


class CsvRow:
    """One line of a file, its cells by column."""

    __slots__ = ("_cells", "_line", "_path")

    def __init__(self, path: Path, line: int, cells: dict[str, str]) -> None:
        self._path = path
        self._line = line
        self._cells = cells

    def required(self, column: str, parse: Callable[[str], T]) -> T:
        """Return a cell's value; raise InvalidInput if it is empty or `parse` raises ValueError."""
        text = self._cells[column].strip()
        if text in _MISSING:
            raise self.fault(column, "is missing")
        return self._parsed(column, text, parse)

    def optional(self, column: str, parse: Callable[[str], T]) -> T | None:
        """Return a cell's value, or None where the column or the value is missing."""
        text = self._cells.get(column, "").strip()
        return None if text in _MISSING else self._parsed(column, text, parse)

    def fault(self, column: str, reason: str) -> InvalidInput:
        """Return the error that names this line, a column of it and what it holds."""
        value = self._cells[column][:_SHOWN]
        return InvalidInput(f"{self._path}, line {self._line}, column {column}: {value!r} {reason}")

    def _parsed(self, column: str, text: str, parse: Callable[[str], T]) -> T:
        try:
            return parse(text)
        except ValueError as error:
            raise self.fault(column, str(error)) from error


@contextmanager
def open_csv(path: Path) -> Iterator[tuple[list[str], Iterator[CsvRow]]]:
    """Yield a file's column names and its rows; raise InvalidInput if it is empty or unreadable."""
    try:
        with _open_text(path) as file:
            reader = csv.reader(file, strict=True)
            header = [name.strip() for name in next(reader, [])]
            if not any(header):
                raise InvalidInput(f"{path} is empty: it has no line of column names")
            yield header, _rows(path, header, reader)
    except _UNREADABLE as error:
        raise InvalidInput(f"{path} cannot be read as CSV (plain or gzip): {error}") from error


def _rows(path: Path, header: Sequence[str], reader: Iterator[list[str]]) -> Iterator[CsvRow]:
    for cells in reader:
        line: int = reader.line_num  # type: ignore[attr-defined]
        if not cells:
            continue
        if len(cells) != len(header):
            found = f"it has {len(cells)} values for {len(header)} columns"
            raise InvalidInput(f"{path}, line {line}: {found}")
        yield CsvRow(path, line, dict(zip(header, cells, strict=True)))


@contextmanager
def _open_text(path: Path) -> Iterator[TextIO]:
    with path.open("rb") as raw:
        is_gzip = raw.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
        raw.seek(0)
        content = cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if is_gzip else raw
        with TextIOWrapper(content, encoding="utf-8-sig", newline="") as text:
            yield text


@lru_cache(maxsize=4096)
def parse_number(text: str) -> float:
    """Read a decimal number; anything else, infinities included, is a ValueError."""
    if not _NUMBER.fullmatch(text):
        raise ValueError("is not a number")
    return float(text)


@lru_cache(maxsize=4096)
def parse_whole(text: str) -> float:
    """Read a whole number, which may be written 24.0."""
    number = parse_number(text)
    if not number.is_integer():
        raise ValueError("is not a whole number")
    return number


@lru_cache(maxsize=4096)
def parse_count(text: str) -> float:
    """Read a whole number that is not negative."""
    number = parse_whole(text)
    if number < 0:
        raise ValueError("is negative")
    return number


def parse_id(text: str) -> str:
    """Read an id; one that a spreadsheet or a data frame wrote as 203897.0 loses its fraction."""
    return text.removesuffix(".0")


@lru_cache(maxsize=4096)
def parse_day(text: str) -> date:
    """Read a date written YYYY-MM-DD."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        raise ValueError("is not a date written YYYY-MM-DD")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError("is not a day of the calendar") from error


def parse_moment(text: str) -> datetime:
    """Read an ISO 8601 time; without an offset it is UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError("is not a time written YYYY-MM-DD HH:MM:SS+00:00") from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)

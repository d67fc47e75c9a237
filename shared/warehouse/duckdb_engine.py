"""The DuckDB file behind the embedded warehouse: opened, lent out by cursors, opened again when given up."""

import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
from sqlglot.errors import SqlglotError

from shared.errors import DependencyRejected, DependencyUnavailable, WriteConflict

ROOM_BYTES = 1024 * 1024
"""What must be free on the disk: more than one append of a shard takes, and than DuckDB adds at a time."""


class DuckDBEngine:
    """One DuckDB file, or memory without a path, shared by the threads of this process.

    After an error that it calls fatal (a checkpoint that found the disk full) DuckDB refuses everything
    until it is opened again. What was committed stands in the file, so the next call opens it again.
    """

    def __init__(self, path: Path | None, threads: int) -> None:
        self._path = path
        self._threads = threads
        self._lock = threading.Lock()
        self._is_closed = False
        self._idle: list[Any] = []
        self._statements: dict[str, Any] = {}
        with translated("open"):
            self._connection: Any = self._connect()
        self._file = _identity(path) if path else None

    @contextmanager
    def cursor(self) -> Iterator[Any]:
        """Lend a cursor: threads share a few, since each is a connection of its own.

        Raises DependencyUnavailable if the engine is closed, or its file gone from where it was opened.
        """
        self._require_file()
        try:
            cursor = self._idle.pop()
        except IndexError:
            cursor = self._new_cursor()
        lender = self._connection
        try:
            yield cursor
        except duckdb.FatalException:
            cursor.close()
            self._let_go()
            raise
        if lender is self._connection:
            self._idle.append(cursor)  # one that failed, or whose file was given up, is not lent again

    def parsed(self, cursor: Any, sql: str) -> Any:
        """Parse a text once: the coordinator's longest takes DuckDB 4 ms, a third of its run."""
        if sql not in self._statements:
            self._statements[sql] = cursor.extract_statements(sql)[0]
        return self._statements[sql]

    def require_room(self) -> None:
        """Raise DependencyUnavailable unless the folder of the file takes ROOM_BYTES more."""
        if self._path is None:
            return
        self._require_file()
        try:
            with tempfile.TemporaryFile(dir=self._path.parent) as probe:
                probe.write(bytes(ROOM_BYTES))
                probe.flush()
        except OSError as error:
            raise DependencyUnavailable(f"nothing can be written beside the store: {error}") from error

    def close(self) -> None:
        """Write everything to the file and let it go."""
        self._is_closed = True
        self._let_go()

    def _let_go(self) -> None:
        """Close every connection that is idle; while one is left, DuckDB keeps what it has given up."""
        with self._lock:
            while self._idle:
                self._idle.pop().close()
            self._statements.clear()
            if self._connection is not None:
                self._connection.close()
            self._connection = None  # a thread that is still about must not keep the engine alive

    def _new_cursor(self) -> Any:
        with self._lock:
            if self._is_closed:
                raise DependencyUnavailable("the store is closed")
            if self._connection is None:
                self._connection = self._connect()
            cursor = self._connection.cursor()
        cursor.execute("SET TimeZone = 'UTC'")
        return cursor

    def _connect(self) -> Any:
        connection = duckdb.connect(str(self._path) if self._path else ":memory:")
        connection.execute(f"SET threads = {self._threads}")
        return connection

    def _require_file(self) -> None:
        """Refuse to work on a file that nobody will find again: what is deleted stays open to us."""
        if self._path is not None and _identity(self._path) != self._file:
            raise DependencyUnavailable(f"{self._path} is not the file that was opened, or is gone")


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Turn DuckDB's exceptions into ours, naming what was being done."""
    try:
        yield
    except duckdb.TransactionException as error:
        kind = WriteConflict if "conflict" in str(error).lower() else DependencyUnavailable
        raise kind(f"{what}: {error}") from error
    except (
        duckdb.IOException,
        duckdb.ConnectionException,
        duckdb.OutOfMemoryException,
        duckdb.FatalException,
        MemoryError,
    ) as error:
        raise DependencyUnavailable(f"{what}: {error}") from error
    except (duckdb.Error, SqlglotError, TypeError, ValueError) as error:
        raise DependencyRejected(f"{what}: {error}") from error

"""Work on a table that is done once, whoever asks, and forgotten together with the table."""

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from predictions.systems.base import FeatureTable

T = TypeVar("T")


class OncePerTable(Generic[T]):
    """A function of a table that keeps its results as long as their tables live.

    Threads share it: two that ask about one table at the same moment may both do the work.
    """

    def __init__(self, compute: Callable[[FeatureTable], T]) -> None:
        self._compute = compute
        self._results: WeakKeyDictionary[FeatureTable, tuple[T]] = WeakKeyDictionary()
        self._lock = Lock()

    def __call__(self, table: FeatureTable) -> T:
        with self._lock:
            known = self._results.get(table)
        if known is None:
            known = (self._compute(table),)
            with self._lock:
                self._results[table] = known
        return known[0]

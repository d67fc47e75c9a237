"""Many callers, one read: those that wait take the result of the next read that starts after they came."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class SharedReads(Generic[Key, Value]):
    """Shares a slow read among threads, per key, without ever handing out one that began too early."""

    def __init__(self, read: Callable[[Key], Value]) -> None:
        self._read = read
        self._lock = threading.Lock()
        self._reading: dict[Key, threading.Lock] = {}
        self._next: dict[Key, Future[Value]] = {}

    def read(self, key: Key) -> Value:
        """Return a value read after this call began; a failed read fails for all that shared it."""
        with self._lock:
            turn = self._reading.setdefault(key, threading.Lock())
            shared = self._next.get(key)
            leads = shared is None
            if shared is None:
                shared = self._next[key] = Future()
        if leads:
            self._lead(key, turn, shared)
        return shared.result()

    def _lead(self, key: Key, turn: threading.Lock, shared: Future[Value]) -> None:
        with turn:
            with self._lock:
                del self._next[key]  # whoever comes from now on needs a later read
            try:
                shared.set_result(self._read(key))
            except BaseException as error:  # noqa: BLE001 - every waiter must learn of it
                shared.set_exception(error)

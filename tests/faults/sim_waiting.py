"""Locks and futures for fibres: who waits for another call of its process parks like at any other step."""

from concurrent.futures import Future
from typing import Any

from sim_fibre import Fibre, Step


def _wait() -> None:
    Fibre.take(Step("wait", "another call", lambda: None))


class FibreLock:
    """threading.Lock, as far as a `with` needs it."""

    def __init__(self) -> None:
        self._is_held = False

    def __enter__(self) -> bool:
        while self._is_held:
            _wait()
        self._is_held = True
        return True

    def __exit__(self, *_: object) -> None:
        self._is_held = False


class FibreFuture(Future[Any]):
    """A future whose result is waited for by parking."""

    def result(self, timeout: float | None = None) -> Any:
        while not self.done():
            _wait()
        return super().result(0)


class FibreThreading:
    """The part of the module `threading` that shared reads use."""

    Lock = FibreLock

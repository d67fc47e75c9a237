"""Threads share reads, and nobody gets one that began before he came; events and no sleeps."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from predictions.coordinator.shared_read import SharedReads

WAIT = 5.0


class CountedKey:
    """A key that counts how often it is looked up, so that a test knows who stands in line.

    Taking a place looks a key up twice under the lock, and the first in line once more.
    """

    def __init__(self) -> None:
        self.lookups = threading.Semaphore(0)

    def __hash__(self) -> int:
        self.lookups.release()
        return 1

    def wait_for(self, readers: int) -> None:
        for _ in range(2 * readers + 1):
            assert self.lookups.acquire(timeout=WAIT)


class StagedRead:
    """A read that ends when the test says so; each returns its number."""

    def __init__(self) -> None:
        self.begun = [threading.Event() for _ in range(3)]
        self.may_end = [threading.Event() for _ in range(3)]
        self.failing: set[int] = set()
        self.count = 0

    def __call__(self, key: object) -> int:
        number = self.count
        self.count += 1
        self.begun[number].set()
        assert self.may_end[number].wait(WAIT)
        if number in self.failing:
            raise ConnectionError("the store is away")
        return number


@pytest.fixture
def staged() -> StagedRead:
    return StagedRead()


@pytest.fixture
def threads():
    with ThreadPoolExecutor(8) as pool:
        yield pool


def _line_up(threads, reads, staged, readers) -> list[Future]:
    """Begin a read, and return when so many others stand in line behind it."""
    key = CountedKey()
    first = threads.submit(reads.read, key)
    assert staged.begun[0].wait(WAIT)
    key.lookups = threading.Semaphore(0)
    others = [threads.submit(reads.read, key) for _ in range(readers)]
    key.wait_for(readers)
    return [first, *others]


def test_who_comes_during_a_read_waits_for_one_that_begins_later(threads, staged):
    first, second = _line_up(threads, SharedReads(staged), staged, 1)

    staged.may_end[0].set()
    staged.may_end[1].set()

    assert (first.result(WAIT), second.result(WAIT)) == (0, 1)


def test_those_who_come_during_a_read_share_the_next(threads, staged):
    lined_up = _line_up(threads, SharedReads(staged), staged, 5)

    staged.may_end[0].set()
    staged.may_end[1].set()

    assert [one.result(WAIT) for one in lined_up] == [0, 1, 1, 1, 1, 1]
    assert staged.count == 2


def test_a_failed_read_fails_for_all_who_shared_it_and_for_nobody_else(threads, staged):
    staged.failing = {1}
    reads = SharedReads(staged)
    first, *sharers = _line_up(threads, reads, staged, 3)

    for event in staged.may_end:
        event.set()

    assert [type(one.exception(WAIT)) for one in sharers] == [ConnectionError] * 3
    assert first.result(WAIT) == 0
    assert reads.read("later") == 2


def test_slates_do_not_wait_for_each_other(threads, staged):
    reads = SharedReads(staged)
    first = threads.submit(reads.read, "today")
    assert staged.begun[0].wait(WAIT)

    staged.may_end[1].set()
    tomorrow = reads.read("tomorrow")

    staged.may_end[0].set()
    assert (first.result(WAIT), tomorrow) == (0, 1)


def test_one_after_the_other_each_reads_anew(staged):
    reads = SharedReads(staged)
    for event in staged.may_end:
        event.set()

    assert [reads.read("slate") for _ in range(3)] == [0, 1, 2]

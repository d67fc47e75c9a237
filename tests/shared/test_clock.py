import threading
from datetime import UTC, datetime, timedelta, timezone

from shared.clock import FakeClock, Stopwatch, SystemClock

NOON = datetime(2025, 11, 28, 12, tzinfo=UTC)


def test_sleeping_advances_a_fake_clock():
    clock = FakeClock(NOON)

    clock.sleep(1800)

    assert clock.now() == NOON + timedelta(minutes=30)


def test_a_fake_clock_stands_still_until_told():
    clock = FakeClock(NOON)

    assert clock.now() == clock.now() == NOON

    clock.advance(0.5)

    assert clock.now() == NOON + timedelta(milliseconds=500)


def test_a_clock_reads_utc():
    eastern = NOON.astimezone(timezone(timedelta(hours=-5)))

    assert FakeClock(eastern).now().utcoffset() == timedelta()
    assert SystemClock().now().utcoffset() == timedelta()


def test_a_stopping_process_does_not_sleep():
    clock = SystemClock(stop=threading.Event())
    clock.stop.set()
    watch = Stopwatch()

    clock.sleep(60)

    assert watch.seconds() < 1


def test_a_sleep_ends_when_the_process_is_asked_to_stop():
    clock = SystemClock()
    sleeper = threading.Thread(target=clock.sleep, args=(60,), daemon=True)
    sleeper.start()

    clock.stop.set()
    sleeper.join(5)

    assert not sleeper.is_alive()


def test_sleeping_for_less_than_nothing_returns_at_once():
    SystemClock().sleep(-1)


def test_a_replay_starts_at_its_moment_and_runs_on():
    clock = SystemClock.starting_at(NOON)

    first, second = clock.now(), clock.now()

    assert NOON <= first <= second < NOON + timedelta(minutes=1)

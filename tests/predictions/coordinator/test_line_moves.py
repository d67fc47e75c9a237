"""Line moves and statuses: who is wanted again, who is not, and what /refresh says and asks for."""

import pytest


def _asked_for(phase5):
    before = len(phase5.publisher.players())
    phase5.retry()
    return sorted(phase5.publisher.players()[before:])


@pytest.fixture
def finished(phase5, slate):
    """A slate of three players at 20.5 points, each of whom was forecast."""
    slate.ready(3)
    phase5.retry()
    slate.answer()
    return phase5


# ---------------------------------------------------------------- lines


@pytest.mark.parametrize(
    ("line", "is_wanted"),
    [
        *((line, False) for line in (20.5, 20.7, 20.75, 20.25)),
        *((line, True) for line in (20.76, 20.24, None)),
    ],
    ids=["same", "creep", "threshold up", "threshold down", "over it", "under it", "taken down"],
)
def test_a_line_must_move_by_more_than_the_threshold(finished, slate, line, is_wanted):
    slate.expect(["p001"], line=line)

    assert _asked_for(finished) == (["p001"] if is_wanted else [])


def test_a_line_that_appears_is_a_new_input(phase5, slate):
    slate.expect(2, line=None)
    slate.features(ready=2)
    phase5.retry()
    slate.answer()

    slate.expect(["p001"], line=12.5)

    assert _asked_for(phase5) == ["p001"]


def test_creeps_add_up_against_the_line_of_the_last_forecast(finished, slate):
    slate.expect(["p001"], line=20.7)
    assert _asked_for(finished) == []

    slate.expect(["p001"], line=20.9)
    assert _asked_for(finished) == ["p001"]
    slate.answer()

    slate.expect(["p001"], line=21.1)
    assert _asked_for(finished) == []


def test_new_features_are_asked_for_at_the_line_as_it_is_and_settle(finished, slate):
    slate.expect(["p001"], line=20.7)
    slate.features(ready=slate.names, run="run2")

    assert _asked_for(finished) == slate.names
    assert finished.publisher.shards()[-1].players[1]["line"] == 20.7
    assert _asked_for(finished) == []
    slate.answer()
    assert _asked_for(finished) == []


def test_a_line_that_crept_before_force_is_settled_after_it(finished, slate):
    slate.expect(["p001"], line=20.7)

    finished.start({"force": True})
    assert _asked_for(finished) == []
    slate.answer()

    assert _asked_for(finished) == []
    assert finished.status().json["wanted"] == 0


def test_a_status_is_an_input_whatever_the_line(finished, slate):
    slate.expect(["p001"], status="QUESTIONABLE", line=20.6)

    assert _asked_for(finished) == ["p001"]


def test_one_systems_older_forecast_does_not_make_a_creep_a_move(finished, slate):
    slate.expect(["p001"], line=22.5)
    finished.retry()
    slate.answer(system_id="another_system")

    slate.expect(["p001"], line=22.6)

    assert _asked_for(finished) == []


def test_each_of_several_lines_is_held_by_its_own_forecast(make_phase5, slate):
    phase5 = make_phase5(use_multiple_lines=True)
    slate.ready(2)
    phase5.retry()
    slate.answer()

    slate.expect(["p000"], line=20.7)
    assert _asked_for(phase5) == []

    slate.expect(["p000"], line=21.5)
    assert _asked_for(phase5) == ["p000"] * 5


def test_a_line_that_moved_after_an_older_run_took_over_is_asked_for_once(finished, slate, clock):
    """Runs that overlap: the one that began first was stored last, and readers see the other's forecasts."""
    began = clock.now()
    slate.features(ready=slate.names, run="run2")
    finished.retry()
    slate.answer()
    slate.features(ready=slate.names, run="run0", began=began)
    finished.retry()
    slate.answer()

    slate.expect(["p001"], line=23.5)
    assert _asked_for(finished) == ["p001"]
    slate.answer()

    assert _asked_for(finished) == []

"""A process that dies between any two steps leaves what the next question repairs."""

import pytest
from slate_builder import HISTORY, Slate
from watched_ports import Died, raising

from shared.alert_entries import RESEND_AFTER
from shared.outcomes import Reason

ACTING_STEPS = [
    ("before", "snapshot"),
    ("before", "wanted_players"),
    ("before", "claim"),
    ("after", "claim"),
    ("after", "publish"),
    ("after", "prediction_requests"),
    ("after", "prediction_outcomes"),
    ("after", "release"),
]
FINISHING_STEPS = [
    ("before", "snapshot"),
    ("before", "processor_run_history"),
    ("after", "processor_run_history"),
    ("after", "finish"),
    ("after", "raise_alert"),
    ("before", "alerts"),
    ("after", "alerts"),
]


def _dies(phase5, ask, when, step):
    """Ask, and be killed before or after this step."""
    if step == "publish":
        phase5.publisher.after.append(raising(Died()))
    else:
        getattr(phase5.store, when)(step, raising(Died()))
    with pytest.raises(Died):
        ask()


def _work(slate: Slate, *processes) -> None:
    """Answer every message that was published, recorded or not, as a worker does."""
    slate.end(
        [
            player | {"batch_id": shard.batch_id, "feature_run_id": "run1", "correlation_id": ""}
            for process in processes
            for shard in process.publisher.shards()
            for player in shard.players
        ]
    )


def _ended_well(slate: Slate) -> bool:
    every_ending = dict.fromkeys(slate.names[:16], ("predicted", None))
    every_ending |= dict.fromkeys(slate.names[16:], ("skipped", "no_history"))
    return slate.state == "complete" and slate.endings() == every_ending


@pytest.mark.parametrize(("when", "step"), ACTING_STEPS, ids=[f"{w} {s}" for w, s in ACTING_STEPS])
def test_dying_while_acting_loses_nobody(make_phase5, slate, clock, when, step):
    first, second = make_phase5(), make_phase5()
    slate.expect(20)
    slate.features(ready=16, no_history=4)
    _dies(first, first.trigger, when, step)

    clock.advance(120)
    second.trigger()
    _work(slate, first, second)
    second.complete()

    assert _ended_well(slate)
    assert set(first.publisher.players() + second.publisher.players()) == set(slate.names[:16])


@pytest.mark.parametrize(("when", "step"), ACTING_STEPS[4:], ids=[f"{w} {s}" for w, s in ACTING_STEPS[4:]])
def test_what_the_workers_answered_meanwhile_is_not_requested_again(make_phase5, slate, clock, when, step):
    first, second = make_phase5(), make_phase5()
    slate.expect(20)
    slate.features(ready=16, no_history=4)
    _dies(first, first.trigger, when, step)
    _work(slate, first)

    clock.advance(120)
    second.trigger()

    assert _ended_well(slate)
    assert second.publisher.published == []


@pytest.mark.parametrize(("when", "step"), FINISHING_STEPS, ids=[f"{w} {s}" for w, s in FINISHING_STEPS])
def test_dying_while_finishing_is_completed_by_whoever_sees_it(make_phase5, slate, clock, when, step):
    first, second = make_phase5(), make_phase5()
    slate.under_way(20)
    slate.answer(Reason.SYSTEM_ERROR, players=slate.names[:3])
    slate.answer()
    _dies(first, first.complete, when, step)

    second.complete()
    clock.advance(RESEND_AFTER.total_seconds() + 1)
    second.retry()

    assert slate.state == "complete"
    (run,) = slate.batch_runs()
    assert (run["run_id"], run["status"]) == (slate.row["batch_id"], "partial")
    sent = first.alerter.kinds() + second.alerter.kinds()
    assert set(sent) == {"gap"}
    assert len(sent) == (2 if (when, step) == ("before", "alerts") else 1)
    assert [row["kind"] for row in slate.rows("nba_reference.alerts")] == ["gap"]


def test_a_slate_that_several_see_ended_is_finished_once(make_phase5, slate):
    first, second = make_phase5(), make_phase5()
    slate.under_way(20)
    slate.answer(Reason.SYSTEM_ERROR)
    first.store.before("finish", lambda: second.complete())

    first.complete()

    assert slate.state == "failed"
    assert len([row for row in slate.rows(HISTORY) if row["processor_name"] == "phase5_coordinator"]) == 2
    assert len(slate.batch_runs()) == 1
    assert first.alerter.kinds() + second.alerter.kinds() == ["gap"]


def test_a_batch_that_is_claimed_anew_is_not_finished_by_an_older_look(make_phase5, slate):
    first, second = make_phase5(), make_phase5()
    slate.under_way(20)
    slate.answer()
    first.store.before("finish", lambda: second.start({"force": True}))

    first.complete()

    assert (slate.state, slate.row["generation"]) == ("predicting", 2)

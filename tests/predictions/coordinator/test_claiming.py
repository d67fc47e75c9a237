"""One atomic claim per slate: whoever holds it acts, everybody else leaves no trace."""

import pytest
from phase5_bench import told
from slate_builder import OUTCOMES, REQUESTS
from watched_ports import Died, raising

from shared.errors import DependencyRejected, DependencyUnavailable, WriteConflict

AWAY = DependencyUnavailable("no answer")


def _die_after_claiming(phase5):
    phase5.store.after("claim", raising(Died()))
    with pytest.raises(Died):
        phase5.trigger()


# ---------------------------------------------------------------- two at once


@pytest.mark.parametrize(
    ("ask", "status"),
    [("trigger", 503), ("start", 200)],
)
def test_of_two_that_saw_the_same_exactly_one_publishes(make_phase5, slate, ask, status):
    winner, loser = make_phase5(), make_phase5()
    slate.ready(20)
    loser.store.before("claim", lambda: winner.trigger())

    response = getattr(loser, ask)()

    assert (response.status_code, response.get_json()["status"]) == (status, "in_progress")
    assert response.headers.get("Retry-After") == ("10" if status == 503 else None)
    assert (len(winner.publisher.players()), loser.publisher.players()) == (20, [])
    assert slate.row["owner"] == winner.store.parameters[winner.store.calls.index("claim")]["owner"]


def test_a_conflict_with_the_winner_means_lost(make_phase5, slate):
    winner, loser = make_phase5(), make_phase5()
    slate.ready(20)

    def conflict():
        winner.trigger()
        raise WriteConflict("two writers")

    loser.store.before("claim", conflict)
    response = loser.trigger()

    assert (response.status_code, loser.publisher.players()) == (503, [])


# ---------------------------------------------------------------- the answer is in doubt


@pytest.mark.parametrize(
    "error", [AWAY, DependencyRejected("could not serialize")], ids=lambda error: type(error).__name__
)
def test_a_claim_whose_answer_was_lost_counts_as_won(phase5, slate, error):
    slate.ready(20)
    phase5.store.after("claim", raising(error))

    response = phase5.trigger()

    assert (response.status_code, len(phase5.publisher.players())) == (202, 20)
    assert phase5.store.calls.count("claim") == 1
    assert slate.row["generation"] == 1


def test_a_claim_that_failed_before_taking_effect_is_asked_again(phase5, slate):
    slate.ready(20)
    phase5.store.breaks("claim")

    response = phase5.trigger()

    assert (response.status_code, len(phase5.publisher.players())) == (202, 20)
    assert phase5.store.calls.count("claim") == 2


def test_a_slate_that_cannot_be_claimed_is_unavailable_to_a_person_too(phase5, slate):
    slate.ready(20)
    phase5.store.breaks("claim", times=3)

    response = phase5.start()

    assert told(response) == (503, {"status": "error", "message": "not available now, try again"})
    assert phase5.publisher.published == []


def test_a_claim_whose_second_look_fails_is_unavailable(phase5, slate):
    slate.ready(20)
    phase5.store.after("claim", raising(AWAY))
    phase5.store.breaks("claim_holder")

    response = phase5.start()

    assert (response.status_code, phase5.publisher.published) == (503, [])


# ---------------------------------------------------------------- the lease


@pytest.mark.parametrize(
    ("seconds", "status"),
    [pytest.param(119, 503, id="119 s: still held"), pytest.param(120, 202, id="120 s: taken over")],
)
def test_a_claim_is_taken_over_when_its_lease_ends_by_the_stores_clock(
    make_phase5, slate, clock, seconds, status
):
    slate.ready(20)
    _die_after_claiming(make_phase5())
    clock.advance(seconds)
    phase5 = make_phase5()

    response = phase5.trigger()

    assert response.status_code == status
    assert len(phase5.publisher.players()) == (20 if status == 202 else 0)


def test_a_claim_from_before_the_bus_forgot_is_dead(make_phase5, slate, clock):
    slate.ready(20)
    _die_after_claiming(make_phase5())
    clock.advance(1)
    phase5 = make_phase5(alive_since=clock.now())

    assert phase5.trigger().status_code == 202


def _run_out_of_lease(clock, left):
    """Advance so that `left` of the lease's 120 seconds remain."""
    return lambda: clock.advance(120 - left)


@pytest.mark.parametrize(
    ("left", "published"),
    [pytest.param(31, 20, id="31 s left for a call of 30"), pytest.param(30, 0, id="30 s are not enough")],
)
def test_an_owner_whose_lease_is_running_out_publishes_nothing(phase5, slate, clock, left, published):
    slate.ready(20)
    phase5.store.after("claim", _run_out_of_lease(clock, left))

    phase5.start()

    assert len(phase5.publisher.players()) == published


def test_an_owner_whose_lease_runs_out_while_publishing_records_nothing_and_says_so(phase5, slate, clock):
    slate.ready(20)
    phase5.publisher.after.append(_run_out_of_lease(clock, 30))

    response = phase5.start()

    assert told(response) == (503, {"status": "error", "message": "not available now, try again"})
    assert slate.rows(REQUESTS) == []
    clock.advance(30)
    assert phase5.start().status_code == 202
    assert len(slate.rows(REQUESTS)) == 20


def test_an_owner_whose_lease_runs_out_while_recording_ends_nobody(phase5, slate, clock):
    slate.expect(20)
    slate.features(ready=18, no_history=2)
    phase5.store.after("prediction_requests", _run_out_of_lease(clock, 30))

    response = phase5.start()

    assert (response.status_code, len(slate.rows(REQUESTS)), slate.rows(OUTCOMES)) == (503, 18, [])


def test_an_owner_that_was_taken_over_cannot_release(make_phase5, slate, clock):
    slow, heir = make_phase5(), make_phase5()
    slate.ready(20)

    def take_over():
        clock.advance(120)
        heir.store.after("claim", raising(Died()))
        with pytest.raises(Died):
            heir.start({"force": True})

    slow.store.before("release", take_over)
    slow.start()

    assert (slate.state, slate.row["generation"]) == ("claimed", 2)


# ---------------------------------------------------------------- the second read


def test_the_second_read_is_void_when_another_claimed_in_between(make_phase5, slate):
    first, second = make_phase5(), make_phase5()
    slate.ready(20)
    second.store.before("wanted_players", lambda: first.trigger())

    response = second.trigger()

    assert (response.status_code, response.get_json()["status"]) == (200, "in_progress")
    assert second.store.calls.count("claim") == 0
    assert second.publisher.published == []


def test_the_second_read_is_void_when_a_newer_run_came_in_between(phase5, slate):
    slate.ready(20)
    phase5.store.before("wanted_players", lambda: slate.features(ready=19, not_ready=1, run="run2"))

    response = phase5.trigger()

    assert response.get_json()["players_ready"] == 19
    assert {shard.feature_run_id for shard in phase5.publisher.shards()} == {"run2"}
    assert slate.row["generation"] == 1


def test_when_nobody_is_wanted_any_more_nothing_is_claimed(phase5, slate):
    slate.ready(20)
    phase5.store.before("wanted_players", lambda: slate.expect(slate.names, status="OUT"))

    response = phase5.trigger()

    assert told(response) == (204, None)
    assert (phase5.store.calls.count("claim"), slate.row["generation"]) == (0, 0)


def test_a_slate_that_keeps_changing_is_given_up_after_three_rounds(phase5, slate):
    slate.ready(20)
    for run in ("run2", "run3", "run4"):
        phase5.store.before("wanted_players", lambda run=run: slate.features(ready=20, run=run))

    response = phase5.trigger()

    assert (response.status_code, phase5.publisher.published) == (503, [])
    assert phase5.trigger().status_code == 202


# ---------------------------------------------------------------- what a claim writes


def test_a_claim_writes_who_acts_on_what(phase5, slate, clock):
    slate.ready(20)
    _die_after_claiming(phase5)

    row = slate.row

    assert (row["state"], row["generation"], row["trigger_source"]) == ("claimed", 1, "pubsub")
    assert (row["feature_run_id"], row["min_minutes"], row["expected"]) == ("run1", 15.0, 20)
    assert (row["lease_until"] - row["claimed_at"]).total_seconds() == 120


def test_the_batch_id_is_derived_from_slate_run_and_generation(phase5, slate):
    slate.ready(20)

    phase5.start()
    phase5.start({"force": True})
    slate.features(ready=20, run="run2")
    phase5.start()

    ids = list(dict.fromkeys(shard.batch_id for shard in phase5.publisher.shards()))
    prefixes = [batch.rpartition("_")[0] for batch in ids]
    assert prefixes == [f"batch_{slate.game_date}_g{generation}" for generation in (1, 2, 3)]
    assert ids[0].rpartition("_")[2] == ids[1].rpartition("_")[2] != ids[2].rpartition("_")[2]

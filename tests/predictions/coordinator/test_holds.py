"""A held slate starts nothing, whoever asks; what is in flight may finish; a resume goes on from there."""

from datetime import timedelta

import pytest
from phase5_bench import SCHEDULER, told

from shared.errors import DependencyUnavailable
from shared.outcomes import Reason

HELD = {"hold": "paused", "reason": "the lines are wrong", "held_by": "local operator"}


@pytest.fixture
def person(phase5, slate):
    """Let a person hold or release the slate; return the status and the answer without its date."""

    def ask(verb, reason=None, of=phase5):
        named = {"game_date": slate.game_date.isoformat()} | ({"reason": reason} if reason else {})
        status, body = told(of.client.post(f"/{verb}", json=named))
        return status, {name: value for name, value in body.items() if name != "game_date"}

    return ask


def asked_by_everybody(phase5):
    """Ask what every entry point asks, and with force; return what each was told."""
    asks = (
        phase5.trigger,
        phase5.start,
        phase5.scheduled_start,
        phase5.retry,
        phase5.scheduled_retry,
        phase5.plan,
        lambda: phase5.start({"force": True}),
        lambda: phase5.start({"min_minutes": 0.0}),
    )
    return {(status, body["status"]) for status, body in (told(ask()) for ask in asks)}


# ---------------------------------------------------------------- paused


@pytest.mark.parametrize(("verb", "hold"), [("pause", "paused"), ("cancel", "cancelled")])
def test_a_held_slate_starts_nothing_whoever_asks_and_with_whatever_force(phase5, slate, person, verb, hold):
    slate.ready(20)
    person(verb)

    said = asked_by_everybody(phase5)

    assert said == {(200, hold)}
    assert phase5.publisher.published == []
    assert slate.row["generation"] == 1


def test_whoever_asks_is_told_by_whom_and_why_and_so_is_status(phase5, slate, person):
    answered = person("pause", "the lines are wrong")

    message = "The slate is now paused; nothing is started until /resume"
    assert answered == (200, HELD | {"changed": True, "message": message})
    assert phase5.start().get_json()["message"] == (
        "The slate is paused by local operator (the lines are wrong); "
        "/resume asks again for what is wanted then"
    )
    body = phase5.status().get_json()
    assert (body["hold"], body["hold_reason"], body["held_by"]) == tuple(HELD.values())
    assert body["state"] == "waiting"


def test_pausing_twice_changes_nothing_the_second_time(phase5, slate, person):
    person("pause", "the lines are wrong")

    status, body = person("pause", "another reason")

    message = "The slate is already paused; nothing is started until /resume"
    assert (status, body) == (200, HELD | {"changed": False, "message": message})
    assert slate.row["generation"] == 1


def test_a_paused_slate_closes_nobody_at_the_deadline_and_misses_it_all_the_same(
    phase5, slate, person, clock
):
    slate.expect(20)
    slate.features(ready=12, not_ready=8)
    person("pause")
    clock.advance(3 * 3600)

    status, _ = told(phase5.status(check="sla"))

    assert (status, slate.endings(), phase5.alerter.kinds()) == (503, {}, ["no_predictions"])


def test_what_is_in_flight_when_a_slate_is_paused_is_answered_and_may_finish(phase5, slate, person):
    slate.under_way(20)
    person("pause")
    slate.answer()

    phase5.complete()

    row = slate.row
    assert (row["state"], row["hold"], row["judgement"]) == ("complete", "paused", "sound")


def test_a_batch_of_a_paused_slate_that_goes_on_is_judged_when_it_is_over(phase5, slate, person):
    slate.under_way(18, not_ready=2)
    person("pause")
    slate.answer()

    phase5.complete()

    assert (slate.state, slate.row["judgement"]) == ("predicting", "sound")


def test_a_claim_that_stands_when_a_slate_is_paused_publishes_records_and_is_given_back(
    phase5, slate, person, make_phase5
):
    slate.ready(20)
    phase5.store.after("claim", lambda: person("pause", of=make_phase5()))

    response = phase5.start()

    assert (response.status_code, len(phase5.publisher.players())) == (202, 20)
    row = slate.row
    assert (row["state"], row["hold"], row["generation"]) == ("predicting", "paused", 2)
    slate.answer()
    phase5.complete()
    assert slate.state == "complete"


def test_a_claim_that_was_decided_before_the_pause_fails(phase5, slate, person, make_phase5):
    slate.ready(20)
    phase5.store.before("claim", lambda: person("pause", of=make_phase5()))

    phase5.start()

    assert phase5.publisher.published == []
    assert told(phase5.start())[1]["status"] == "paused"


def test_a_finish_that_was_decided_before_the_pause_is_done_by_the_next_question(
    phase5, slate, person, make_phase5
):
    slate.under_way(20)
    slate.answer()
    phase5.store.before("finish", lambda: person("pause", of=make_phase5()))
    phase5.complete()
    before = slate.state

    phase5.retry()

    assert (before, slate.state) == ("predicting", "complete")
    assert len(slate.batch_runs()) == 1


def test_a_scheduler_that_waits_for_phase_4_is_told_of_the_pause_at_its_next_look(
    phase5, make_phase5, slate, person, clock
):
    slate.expect(20)
    waiting, began = make_phase5(), clock.now()
    waiting.store.after("snapshot", lambda: person("pause", of=phase5))

    status, body = told(waiting.scheduled_start())

    assert (status, body["status"]) == (200, "paused")
    assert clock.now() - began < timedelta(minutes=2)
    assert waiting.alerter.sent == []


def test_a_dead_letter_of_a_paused_slate_fails_its_players_who_are_wanted_on_the_resume(
    phase5, slate, person
):
    slate.ready(20)
    phase5.start()
    (shard,) = phase5.publisher.shards()
    person("pause")
    phase5.push("/dead-letter", shard.to_message().data)

    waiting = phase5.status().get_json()["wanted"]
    person("resume")

    assert slate.endings()["p000"] == ("failed", Reason.DELIVERY_EXHAUSTED.value)
    assert waiting == 20
    assert phase5.publisher.players() == slate.names * 2
    assert phase5.alerter.kinds() == ["dead_letter"]


def test_an_event_given_up_while_the_slate_is_paused_starts_nothing(phase5, slate, person):
    slate.ready(20)
    person("pause")

    event = {"event_type": "phase4_complete", "game_date": slate.game_date.isoformat()}
    phase5.push("/dead-letter", event)

    assert phase5.publisher.published == []


# ---------------------------------------------------------------- resumed


def test_a_resume_releases_the_slate_and_starts_what_is_wanted_now(phase5, slate, person):
    slate.ready(20)
    person("pause", "the lines are wrong")

    status, body = person("resume")

    assert (status, body["hold"], body["reason"], body["held_by"]) == (200, None, None, None)
    assert (body["changed"], body["message"]) == (True, "The slate is resumed")
    assert (body["started"]["status"], body["started"]["trigger_source"]) == ("started", "resume")
    assert phase5.publisher.players() == slate.names


def test_a_resume_with_nothing_to_start_says_what_the_question_came_to(phase5, slate, person):
    person("pause")

    status, body = person("resume")

    assert (status, body["started"]["status"]) == (200, "insufficient_data")


def test_a_slate_that_is_not_held_is_left_alone_by_a_resume(phase5, slate, person):
    slate.ready(20)

    status, body = person("resume")

    assert (status, body["changed"], body["started"]) == (200, False, None)
    assert body["message"] == "The slate is not held"
    assert (phase5.publisher.published, slate.row["generation"]) == ([], 0)


def test_a_resume_that_cannot_publish_has_resumed_and_says_what_to_ask(phase5, slate, person):
    slate.ready(20)
    person("pause")
    phase5.publisher.error = DependencyUnavailable("no route to the topic")

    status, body = person("resume")

    assert (status, body["hold"], body["started"]) == (200, None, None)
    assert body["message"] == (
        "The slate is resumed, but nothing was started (none of the requests could be published); "
        "ask with /start"
    )
    phase5.publisher.error = None
    assert phase5.start().status_code == 202


def test_a_deadline_that_passed_during_the_pause_closes_who_is_not_ready_on_the_resume(
    phase5, slate, person, clock
):
    slate.expect(20)
    slate.features(ready=12, not_ready=8)
    person("pause")
    clock.advance(3 * 3600)

    person("resume")

    assert set(slate.endings().values()) == {("skipped", "not_ready")}
    assert len(phase5.publisher.players()) == 12


# ---------------------------------------------------------------- cancelled


def test_a_cancelled_slate_is_shown_as_such_wants_nobody_and_keeps_its_promise(phase5, slate, person, clock):
    slate.ready(20)
    person("cancel", "the games are off")
    clock.advance(3 * 3600)

    status, body = told(phase5.status(check="sla"))

    assert (status, body["status"], body["state"]) == (200, "cancelled", "cancelled")
    assert (body["wanted"], body["expected"]) == (0, 20)
    assert phase5.alerter.sent == []


def test_a_new_run_of_phase_4_changes_nothing_for_a_cancelled_slate(phase5, slate, person):
    slate.ready(20)
    person("cancel")
    slate.features(ready=20, run="run2")

    assert told(phase5.trigger())[1]["status"] == "cancelled"
    assert phase5.publisher.published == []


def test_cancelling_resolves_what_the_slate_was_alerted_of_and_nothing_is_alerted_after_that(
    phase5, slate, person
):
    slate.expect(20)
    phase5.trigger()

    person("cancel")
    phase5.push("/dead-letter", b"junk", game_date=slate.game_date.isoformat())

    assert phase5.alerter.kinds() == ["insufficient_data", "insufficient_data:resolved"]
    assert phase5.alerter.sent[-1].text.startswith("The slate was cancelled. ")


def test_what_is_in_flight_of_a_cancelled_slate_is_still_answered(phase5, slate, person):
    slate.under_way(20)
    person("cancel")
    slate.answer()

    phase5.complete()

    assert (slate.state, told(phase5.status())[1]["state"]) == ("complete", "cancelled")


def test_a_cancelled_slate_may_be_resumed_and_a_paused_one_cancelled(phase5, slate, person):
    slate.ready(20)

    holds = [person(verb)[1]["hold"] for verb in ("pause", "cancel", "pause", "cancel", "resume")]

    assert holds == ["paused", "cancelled", "paused", "cancelled", None]
    assert phase5.publisher.players() == slate.names


# ---------------------------------------------------------------- by whom, and what goes wrong


def test_of_two_who_change_a_slate_at_once_the_second_looks_again(phase5, slate, person, make_phase5):
    phase5.store.before("hold", lambda: person("cancel", of=make_phase5()))

    status, body = person("pause")

    assert (status, body["hold"], slate.row["generation"]) == (200, "paused", 2)


def test_a_slate_that_keeps_changing_is_503_and_held_by_nobody(phase5, slate, person, make_phase5):
    slate.ready(20)
    others = [make_phase5() for _ in range(3)]
    for verb, other in zip(("cancel", "resume", "cancel"), others, strict=True):
        phase5.store.before("hold", lambda verb=verb, other=other: person(verb, of=other))

    status = phase5.client.post("/pause", json={"game_date": slate.game_date.isoformat()}).status_code

    assert (status, slate.row["hold"]) == (503, "cancelled")


@pytest.mark.parametrize("call", ["snapshot", "hold"])
def test_a_store_that_is_away_is_503_and_the_slate_stays_as_it_is(phase5, slate, call):
    phase5.store.breaks(call)

    response = phase5.client.post("/pause", json={"game_date": slate.game_date.isoformat()})

    assert (response.status_code, response.headers["Retry-After"]) == (503, "10")
    assert slate.row["hold"] is None


@pytest.mark.parametrize("verb", ["pause", "cancel", "resume"])
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"game_date": "tomorrow"}, "game_date"),
        ({"reason": ""}, "reason"),
        ({"reason": "x" * 301}, "reason"),
        ({"force": True}, "force"),
    ],
)
def test_what_is_wrong_is_refused_with_its_field(phase5, verb, body, field):
    response = phase5.client.post(f"/{verb}", json=body, headers=SCHEDULER)

    assert (response.status_code, response.get_json()["field"]) == (400, field)
    assert phase5.store.calls == []

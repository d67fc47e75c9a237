"""Dead letters are seen, published again where they came from, or put away; each in its newest state."""

import json

import pytest
from phase5_bench import told
from watched_ports import Died, raising

from shared.envelope import PushMessage, seal_envelope
from shared.errors import DependencyRejected, DependencyUnavailable
from shared.ports import OutgoingMessage

LETTERS = "nba_reference.dead_letters"
SOURCE = "CloudPubSubDeadLetterSourceSubscription"
COUNT = "CloudPubSubDeadLetterSourceDeliveryCount"
TRIGGER, REQUESTS, READY = "nba-phase5-trigger-sub", "prediction-request-sub", "prediction-ready-sub"
UNAVAILABLE = {"status": "error", "message": "not available now, try again"}


@pytest.fixture
def put(phase5, slate):
    """Have Pub/Sub give up on a message that nobody can read; its id and where it comes from are named."""

    def give_up(message_id, source=REQUESTS, data=b"junk", **attributes):
        named = {"game_date": slate.game_date.isoformat(), SOURCE: source, COUNT: "5"} | attributes
        body = seal_envelope(PushMessage(data, message_id, named))
        assert phase5.client.post("/dead-letter", data=body).status_code == 204

    return give_up


@pytest.fixture
def deal(phase5, slate):
    """Ask for letters to be dealt with; return the status and the answer without its date."""

    def ask(verb, *message_ids, **more):
        named = {"game_date": slate.game_date.isoformat(), "message_ids": message_ids}
        status, body = told(phase5.client.post(f"/dead-letters/{verb}", json=named | more))
        assert status in (404, 503) or body["game_date"] == slate.game_date.isoformat()
        body.pop("game_date", None)
        return status, body

    return ask


@pytest.fixture
def states(phase5, slate):
    """Read the state of each letter that is listed, by message id."""

    def read():
        answer = phase5.client.get("/dead-letters", query_string={"game_date": slate.game_date.isoformat()})
        return {row["message_id"]: row["state"] for row in answer.get_json()["dead_letters"]}

    return read


# ---------------------------------------------------------------- listed


def test_a_slate_without_dead_letters_has_an_empty_list(phase5, slate):
    response = phase5.client.get("/dead-letters", query_string={"game_date": slate.game_date.isoformat()})

    assert told(response) == (200, {"game_date": slate.game_date.isoformat(), "dead_letters": []})


def test_letters_are_listed_oldest_first_with_how_their_bodies_begin(phase5, slate, clock, put):
    first = clock.now()
    put("m2", data=b"x" * 300)
    clock.advance(60)
    put("m1", source=READY)

    response = phase5.client.get("/dead-letters")

    long, short = response.get_json()["dead_letters"]
    assert long == {
        "message_id": "m2",
        "state": "stored",
        "source_subscription": REQUESTS,
        "delivery_attempts": 5,
        "reason": "the data is not JSON",
        "stored_at": first.isoformat(),
        "state_since": first.isoformat(),
        "body_begins": "x" * 200,
    }
    assert (short["message_id"], short["source_subscription"]) == ("m1", READY)


def test_a_letter_is_listed_once_in_its_newest_state_with_both_dates(phase5, clock, put, deal):
    stored_at = clock.now()
    put("m1")
    clock.advance(60)
    deal("replay", "m1")
    clock.advance(60)
    deal("discard", "m1", force=True)

    response = phase5.client.get("/dead-letters")

    (row,) = response.get_json()["dead_letters"]
    assert (row["state"], row["stored_at"]) == ("discarded", stored_at.isoformat())
    assert row["state_since"] == clock.now().isoformat()


def test_a_letter_that_is_delivered_again_stays_as_somebody_left_it(clock, put, deal, states):
    put("m1")
    deal("discard", "m1")
    clock.advance(60)

    put("m1")

    assert states() == {"m1": "discarded"}


def test_letters_of_another_slate_are_not_listed(phase5, clock, put):
    put("m1")
    clock.advance(86400)

    assert phase5.client.get("/dead-letters").get_json()["dead_letters"] == []


# ---------------------------------------------------------------- shown


def test_a_letter_is_shown_whole_with_where_a_replay_would_go(phase5, slate, clock, put):
    put("m1", data=b"[1, 2]", batch_id="b1")

    response = phase5.client.get("/dead-letters/m1")

    assert told(response) == (
        200,
        {
            "game_date": slate.game_date.isoformat(),
            "message_id": "m1",
            "state": "stored",
            "source_subscription": REQUESTS,
            "delivery_attempts": 5,
            "reason": "the data is not a JSON object",
            "body": "[1, 2]",
            "body_base64": None,
            "attributes": {
                "game_date": slate.game_date.isoformat(),
                "batch_id": "b1",
                SOURCE: REQUESTS,
                COUNT: "5",
            },
            "stored_at": clock.now().isoformat(),
            "state_since": clock.now().isoformat(),
            "topic": "prediction-request-prod",
            "replay_refused": None,
        },
    )


def test_a_letter_that_could_not_be_replayed_says_why(phase5, put):
    put("m1", source="foreign-sub", data=b"\xff\x00")

    shown = phase5.client.get("/dead-letters/m1").get_json()

    assert (shown["topic"], shown["body_base64"]) == (None, "/wA=")
    assert shown["replay_refused"] == "its topic is not known: no subscription is called foreign-sub"


def test_a_letter_that_does_not_exist_is_not_found(phase5, slate):
    message = f"the slate of {slate.game_date} has no dead letter m9"

    assert told(phase5.client.get("/dead-letters/m9")) == (404, {"status": "error", "message": message})


# ---------------------------------------------------------------- replayed


@pytest.mark.parametrize(
    ("source", "topic"),
    [
        (TRIGGER, "nba-phase4-precompute-complete"),
        (REQUESTS, "prediction-request-prod"),
        (READY, "prediction-ready-prod"),
    ],
)
def test_a_replay_goes_to_the_topic_that_its_subscription_belongs_to(
    phase5, slate, put, deal, states, source, topic
):
    put("m1", source=source, data=b"junk", batch_id="b1")

    answered = deal("replay", "m1")

    own = {"game_date": slate.game_date.isoformat(), "batch_id": "b1"}
    assert answered == (200, {"replayed": ["m1"], "refused": [], "failed": []})
    assert phase5.publisher.published == [(topic, OutgoingMessage(b"junk", own))]
    assert states() == {"m1": "replayed"}


def test_bytes_that_are_no_text_are_replayed_as_they_came(phase5, put, deal):
    put("m1", data=b"\xff\xfe\x00{")

    deal("replay", "m1")

    ((_, message),) = phase5.publisher.published
    assert message.data == b"\xff\xfe\x00{"


def test_several_are_replayed_at_once_each_to_its_own_topic_and_written_down_once(phase5, put, deal, states):
    for message_id, source in (("m1", REQUESTS), ("m2", READY), ("m3", REQUESTS)):
        put(message_id, source=source, data=message_id.encode())
    phase5.store.calls.clear()

    answered = deal("replay", "m3", "m2", "m1", "m1")

    assert answered == (200, {"replayed": ["m1", "m2", "m3"], "refused": [], "failed": []})
    assert [(topic, message.data) for topic, message in phase5.publisher.published] == [
        ("prediction-request-prod", b"m1"),
        ("prediction-request-prod", b"m3"),
        ("prediction-ready-prod", b"m2"),
    ]
    assert phase5.store.calls == [
        *("named_dead_letters", "dead_letters", "snapshot", "stored_letters"),
        *("resolve_alert", "messages_sent", "alerts"),
    ]
    assert set(states().values()) == {"replayed"}


@pytest.mark.parametrize("verb", ["replay", "discard"])
def test_the_alert_is_over_once_no_letter_waits_for_a_decision(phase5, put, deal, verb):
    put("m1")
    put("m2")

    deal(verb, "m1")
    before = phase5.alerter.kinds()
    deal(verb, "m2")

    assert (before, phase5.alerter.kinds()) == (["dead_letter"], ["dead_letter", "dead_letter:resolved"])
    assert phase5.alerter.sent[-1].text.startswith("Every letter was published again or put away. It was ")


def test_after_that_another_letter_alerts_again(phase5, put, deal):
    put("m1")
    deal("discard", "m1")

    put("m2")

    assert phase5.alerter.kinds() == ["dead_letter", "dead_letter:resolved", "dead_letter"]


@pytest.mark.parametrize("call", ["snapshot", "stored_letters", "resolve_alert"])
def test_a_store_that_cannot_say_whether_letters_are_left_leaves_the_alert_to_the_next_question(
    phase5, put, deal, call
):
    put("m1")
    phase5.store.breaks(call)

    answered = deal("discard", "m1")
    before = phase5.alerter.kinds()
    phase5.retry()

    assert answered == (200, {"discarded": ["m1"], "refused": []})
    assert (before, phase5.alerter.kinds()) == (["dead_letter"], ["dead_letter", "dead_letter:resolved"])


def test_a_letter_that_must_not_be_replayed_holds_up_no_other(phase5, put, deal, states):
    put("m1", source="foreign-sub")
    put("m2")

    answered = deal("replay", "m1", "m2")

    why = "its topic is not known: no subscription is called foreign-sub"
    refused = [{"message_id": "m1", "reason": why}]
    assert answered == (409, {"replayed": ["m2"], "refused": refused, "failed": []})
    assert len(phase5.publisher.published) == 1
    assert states() == {"m1": "stored", "m2": "replayed"}


def test_an_envelope_that_nobody_could_open_is_never_published(phase5, slate, deal):
    phase5.client.post("/dead-letter", data=b"not an envelope")
    (row,) = slate.rows(LETTERS)

    status, answered = deal("replay", row["message_id"], force=True)

    assert (status, phase5.publisher.published) == (409, [])
    assert answered["refused"][0]["reason"] == "its topic is not known: no subscription is called unknown"


@pytest.mark.parametrize("verb", ["replay", "discard"])
@pytest.mark.parametrize(("before", "state"), [("replay", "replayed"), ("discard", "discarded")])
def test_a_letter_that_was_dealt_with_is_left_alone_unless_forced(
    phase5, slate, clock, put, deal, states, before, state, verb
):
    put("m1")
    deal(before, "m1")
    clock.advance(1)
    phase5.publisher.published.clear()

    status, answered = deal(verb, "m1")

    assert status == 409
    assert answered["refused"] == [
        {"message_id": "m1", "reason": f"it is {state} already; force does it again"}
    ]
    assert (len(slate.rows(LETTERS)), phase5.publisher.published) == (2, [])
    assert deal(verb, "m1", force=True)[0] == 200
    assert states() == {"m1": {"replay": "replayed", "discard": "discarded"}[verb]}
    assert len(phase5.publisher.published) == (verb == "replay")


@pytest.mark.parametrize("verb", ["replay", "discard"])
def test_of_several_none_is_changed_if_one_does_not_exist(phase5, slate, put, deal, verb):
    put("m1")

    answered = deal(verb, "m8", "m1", "m9", "m8")

    message = f"the slate of {slate.game_date} has no dead letter m8, m9"
    assert answered == (404, {"status": "error", "message": message})
    assert (len(slate.rows(LETTERS)), phase5.publisher.published) == (1, [])


# ---------------------------------------------------------------- what does not work out


def test_what_is_not_taken_stays_stored_and_is_named_with_the_reason(phase5, put, deal, states):
    put("m1")
    put("m2")
    phase5.publisher.failing = {1}

    status, answered = deal("replay", "m1", "m2")

    assert status == 503
    assert answered == {
        "replayed": ["m1"],
        "refused": [],
        "failed": [{"message_id": "m2", "reason": "told to fail"}],
    }
    assert states() == {"m1": "replayed", "m2": "stored"}


def test_who_is_told_that_it_failed_is_told_when_to_come_again(phase5, slate, put):
    put("m1")
    phase5.publisher.failing = {0}

    response = phase5.client.post("/dead-letters/replay", json={"message_ids": ["m1"]})

    assert (response.status_code, response.headers["Retry-After"]) == (503, "10")


@pytest.mark.parametrize("error", [DependencyUnavailable, DependencyRejected])
def test_a_message_service_that_is_away_leaves_all_stored(phase5, put, deal, states, error):
    put("m1")
    put("m2", source=READY)
    phase5.publisher.error = error("it is away")

    status, answered = deal("replay", "m1", "m2")

    assert (status, answered["replayed"]) == (503, [])
    assert answered["failed"] == [
        {"message_id": "m1", "reason": "it is away"},
        {"message_id": "m2", "reason": "it is away"},
    ]
    assert states() == {"m1": "stored", "m2": "stored"}


def test_dying_between_publishing_and_writing_it_down_only_repeats_it(phase5, put, deal, states):
    put("m1")
    phase5.store.before("dead_letters", raising(Died()))

    with pytest.raises(Died):
        deal("replay", "m1")

    assert states() == {"m1": "stored"}
    assert deal("replay", "m1")[0] == 200
    assert [message.data for _, message in phase5.publisher.published] == [b"junk", b"junk"]


@pytest.mark.parametrize("verb", ["replay", "discard"])
@pytest.mark.parametrize("call", ["named_dead_letters", "dead_letters"])
def test_a_store_that_fails_changes_no_state(phase5, put, deal, states, verb, call):
    put("m1")
    phase5.store.breaks(call)

    answered = deal(verb, "m1")

    assert answered == (503, UNAVAILABLE)
    assert states() == {"m1": "stored"}


@pytest.mark.parametrize("path", ["/dead-letters", "/dead-letters/m1"])
def test_a_store_that_cannot_be_read_is_not_an_empty_list(phase5, put, path):
    put("m1")
    phase5.store.breaks("dead_letters")
    phase5.store.breaks("named_dead_letters")

    assert told(phase5.client.get(path)) == (503, UNAVAILABLE)


# ---------------------------------------------------------------- discarded


def test_a_discarded_letter_keeps_everything_and_publishes_nothing(phase5, slate, put, deal):
    put("m1", data=b"\xff")

    answered = deal("discard", "m1")

    stored, discarded = slate.rows(LETTERS, "state DESC")
    assert answered == (200, {"discarded": ["m1"], "refused": []})
    assert (stored["state"], discarded["state"]) == ("stored", "discarded")
    changed = {"state", "created_at"}
    assert {n: v for n, v in stored.items() if n not in changed} == {
        n: v for n, v in discarded.items() if n not in changed
    }
    assert json.loads(discarded["attributes"])[SOURCE] == REQUESTS
    assert phase5.publisher.published == []


def test_what_was_done_is_logged_by_message_id(logs, put, deal):
    put("m1")

    deal("replay", "m1")

    (line,) = [line for line in logs if line.get("event_name") == "dead_letters_replayed"]
    assert line["message_ids"] == ["m1"]


# ---------------------------------------------------------------- wrong requests


@pytest.mark.parametrize("verb", ["replay", "discard"])
@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "message_ids"),
        (b'{"message_ids": []}', "message_ids"),
        (b'{"message_ids": "m1"}', "message_ids"),
        (b'{"message_ids": [1]}', "message_ids.0"),
        (b'{"message_ids": [""]}', "message_ids.0"),
        (json.dumps({"message_ids": ["m"] * 101}).encode(), "message_ids"),
        (b'{"message_ids": ["m1"], "force": 1}', "force"),
        (b'{"message_ids": ["m1"], "game_date": "soon"}', "game_date"),
        (b'{"message_ids": ["m1"], "all": true}', "all"),
        (b"{", "body"),
        (b'["m1"]', "body"),
    ],
    ids=[
        "nothing",
        "none",
        "a text",
        "a number",
        "an empty id",
        "too many",
        "odd force",
        "odd date",
        "another field",
        "no JSON",
        "a list",
    ],
)
def test_a_wrong_body_is_refused_by_its_field_and_nothing_is_touched(phase5, verb, body, field):
    response = phase5.client.post(f"/dead-letters/{verb}", data=body)

    assert response.status_code == 400
    assert response.get_json()["field"] == field
    assert (phase5.store.calls, phase5.publisher.published) == ([], [])


@pytest.mark.parametrize("path", ["/dead-letters", "/dead-letters/m1"])
@pytest.mark.parametrize(
    ("query", "field", "reason"),
    [
        ("game_date=soon", "game_date", "must be a date written YYYY-MM-DD"),
        ("check=sla", "check", "Extra inputs are not permitted"),
    ],
)
def test_a_wrong_query_is_refused_by_its_parameter(phase5, path, query, field, reason):
    status, body = told(phase5.client.get(f"{path}?{query}"))

    assert (status, body["field"], body["reason"]) == (400, field, reason)
    assert phase5.store.calls == []

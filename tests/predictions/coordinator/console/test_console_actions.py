"""What people do from the console: asked first, carried out once, told after, refused to whoever may not."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from slate_builder import OUTCOMES, REQUESTS
from watched_ports import Died, raising

from predictions.coordinator.callers import LoopbackCallers
from predictions.coordinator.console.actions import ACTIONS
from predictions.coordinator.console.told import NOTICES, notice
from predictions.coordinator.coordinator import create_app
from predictions.coordinator.visitors import Visitor
from shared.errors import DependencyUnavailable
from shared.outcomes import Reason

LETTERS = "nba_reference.dead_letters"
OWN = {"Sec-Fetch-Site": "same-origin"}
SLATE_ACTIONS = [name for name, action in ACTIONS.items() if not action.about]


class ViewersOnly:
    """Lets everybody look and nobody act."""

    def visitor(self, request):
        return Visitor("viewer@p.test", is_operator=False)


@pytest.fixture
def do(phase5, slate):
    """Carry an action out as the console's own form does, whose page has just been loaded."""

    def carry_out(name, client=phase5.client, headers=OWN, form=None, **about):
        path = f"/console/{slate.game_date}/do/{name}"
        sent = {"generation": slate.row["generation"]} | (form or {})
        return client.post(path, query_string=about or None, data=sent, headers=headers)

    return carry_out


@pytest.fixture
def confirm(phase5, slate):
    """Open the page that asks before an action."""

    def ask(name, client=phase5.client, **about):
        return client.get(f"/console/{slate.game_date}/do/{name}", query_string=about or None)

    return ask


@pytest.fixture
def viewers(phase5):
    """A client of a coordinator that takes nobody for an operator."""
    app = create_app(phase5.parts, phase5.settings, LoopbackCallers(), lambda: None, ViewersOnly())
    return app.test_client()


@pytest.fixture
def complete(phase5, slate):
    """A slate of 20 that is complete."""
    slate.ready(20)
    phase5.trigger()
    slate.answer()
    phase5.complete()
    assert slate.state == "complete"


@pytest.fixture
def letter(phase5, slate):
    """A dead letter of the slate; its id."""
    slate.ready(3)
    phase5.trigger()
    (message,) = [data.data for _, data in phase5.publisher.published]
    source = {"CloudPubSubDeadLetterSourceSubscription": phase5.settings.request_subscription}
    phase5.push("/dead-letter", message, **source)
    return "m1"


def words(response):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.text)).split())


def told(response):
    """Return the sentence that the page says to which an action leads."""
    assert response.status_code == 303, words(response)
    query = parse_qs(urlsplit(response.location).query)
    _, sentence = notice(query["notice"][0], int(query.get("n", ["0"])[0]))
    return sentence


# ---------------------------------------------------------------- asked first


def test_before_a_start_its_numbers_are_told_and_nothing_happens(phase5, slate, confirm):
    slate.ready(20)

    said = words(confirm("start"))

    assert "20 forecasts will be asked for" in said
    assert phase5.publisher.published == []
    assert slate.state == "waiting"


@pytest.mark.parametrize("name", SLATE_ACTIONS)
def test_looking_at_an_action_changes_nothing(phase5, slate, confirm, name):
    slate.ready(3)

    assert confirm(name).status_code == 200

    assert phase5.publisher.published == []
    assert (slate.row["generation"], slate.row["hold"]) == (0, None)


def test_a_start_that_would_do_nothing_says_why(slate, confirm):
    slate.expect(20)

    assert "has not completed for this slate" in words(confirm("start"))
    assert "nothing would be started" in words(confirm("start"))


def test_a_player_who_cannot_be_asked_for_has_no_form(slate, confirm):
    slate.ready(3)
    slate.expect(["p000"], status="OUT")

    page = confirm("predict", player="p000")

    assert "he is OUT" in words(page)
    assert "<form method" not in page.text


@pytest.mark.parametrize("about", [{}, {"player": ""}, {"player": "x" * 2000}])
def test_an_action_on_one_player_needs_to_know_which(slate, confirm, about):
    assert confirm("predict", **about).status_code == 400


def test_a_viewer_is_told_that_an_operator_acts_and_gets_no_form(slate, confirm, viewers):
    page = confirm("start", client=viewers)

    assert "an operator acts" in words(page)
    assert "<form method" not in page.text


# ---------------------------------------------------------------- carried out


def test_a_start_asks_for_who_is_wanted_and_says_how_many(phase5, slate, do):
    slate.ready(20)

    assert told(do("start")) == "Started: 20 players were asked for."

    assert len(phase5.publisher.players()) == 20
    assert {row["trigger_source"] for row in slate.rows(REQUESTS)} == {"console"}


def test_the_page_that_an_action_leads_to_says_what_it_came_to(phase5, slate, do):
    page = phase5.client.get(do("pause").location)

    assert "The slate is paused: nothing is started until it is resumed." in words(page)


def test_a_second_start_starts_nothing(complete, do):
    assert told(do("start")) == "Nothing was started: everybody is processed already."


def test_a_start_with_force_asks_for_everybody_again(phase5, complete, do):
    said = told(do("start", form={"force": "yes"}))

    assert said == "Started: 20 players were asked for."


def test_a_retry_asks_for_who_failed(phase5, slate, do):
    slate.ready(3)
    phase5.trigger()
    slate.answer(Reason.TRANSIENT, ["p000"])
    slate.answer()

    assert told(do("retry")) == "Started: 1 player was asked for."


def test_a_pause_keeps_its_reason_and_who_it_was_and_a_resume_starts_what_is_wanted(phase5, slate, do):
    slate.ready(20)

    assert "paused" in told(do("pause", form={"reason": " lines are wrong "}))
    assert (slate.row["hold"], slate.row["hold_reason"]) == ("paused", "lines are wrong")
    assert slate.row["held_by"] == "local operator"
    assert "held so already" in told(do("pause"))
    assert told(do("resume")) == "Started: 20 players were asked for."
    assert "not held" in told(do("resume"))


def test_a_slate_is_called_off(phase5, slate, do):
    slate.ready(20)

    assert "called off" in told(do("cancel"))
    assert slate.row["hold"] == "cancelled"


def test_a_reason_that_is_too_long_is_refused_and_nothing_is_held(slate, do):
    assert do("pause", form={"reason": "x" * 301}).status_code == 400
    assert slate.row["hold"] is None


def test_a_player_is_asked_for_alone_and_his_page_says_so(phase5, complete, do):
    phase5.publisher.published.clear()

    response = do("predict", player="P003")

    assert "/players/p003?" in response.location
    assert "asked for again" in told(response)
    assert phase5.publisher.players() == ["p003"]


def test_a_refresh_finds_a_line_that_moved(phase5, slate, complete, do):
    assert told(do("refresh")) == "News were looked for: no line and no status changes a forecast."
    slate.expect(["p003"], line=40.5)

    assert told(do("refresh")) == "News were looked for: 1 player was asked for again."


def test_a_dead_letter_is_sent_again_once(phase5, slate, letter, do):
    before = len(phase5.publisher.published)

    assert told(do("replay", message_id=letter)) == "The message was published again."
    assert "left as it is" in told(do("replay", message_id=letter))

    assert len(phase5.publisher.published) == before + 1
    assert [row["state"] for row in slate.rows(LETTERS)] == ["stored", "replayed"]


def test_a_dead_letter_is_put_away(phase5, slate, letter, do):
    assert told(do("discard", message_id=letter)) == "The message was put away."
    assert {row["state"] for row in slate.rows(LETTERS)} == {"stored", "discarded"}


def test_a_letter_that_the_message_service_does_not_take_stays_stored(phase5, slate, letter, do):
    phase5.publisher.failing = {0}

    assert "stays stored" in told(do("replay", message_id=letter))
    assert [row["state"] for row in slate.rows(LETTERS)] == ["stored"]


# ---------------------------------------------------------------- once


def form_of(page):
    """Return what the form of a page sends."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="(\w+)">', page.text))


@pytest.mark.parametrize(
    ("name", "form"),
    [("start", {"force": "yes"}), ("predict", {})],
    ids=["everybody again", "one player again"],
)
def test_a_form_that_is_sent_twice_acts_once(phase5, complete, confirm, do, name, form):
    about = {"player": "p003"} if ACTIONS[name].about else {}
    form = form_of(confirm(name, **about)) | form
    first = do(name, form=form, **about)
    asked_for = len(phase5.publisher.published)

    second = do(name, form=form, **about)

    assert first.status_code == 303
    assert told(second).startswith("Nothing was done: the slate has changed since")
    assert len(phase5.publisher.published) == asked_for


def test_of_two_forms_at_the_same_moment_one_acts(phase5, slate, complete, confirm, do):
    form = form_of(confirm("start")) | {"force": "yes"}
    phase5.store.after("claim_holder", lambda: phase5.start({"force": True}) and slate.answer())

    late = do("start", form=form)

    assert "Nothing was done" in told(late)
    assert len(phase5.publisher.players()) == 40


@pytest.mark.parametrize("name", [name for name, action in ACTIONS.items() if action.acts_on_slate])
def test_an_action_that_was_confirmed_for_another_state_of_the_slate_is_asked_again(
    phase5, slate, confirm, do, name
):
    slate.ready(20)
    about = {"player": "p003"} if ACTIONS[name].about else {}
    form = form_of(confirm(name, **about))
    do("cancel")

    answer = do(name, form=form, **about)

    assert "Look again" in told(answer)
    assert phase5.client.get(answer.location).status_code == 200
    assert phase5.publisher.published == []
    assert slate.row["hold"] == "cancelled"


@pytest.mark.parametrize("written", ["", "x", "-1", "\N{SUPERSCRIPT TWO}", "9" * 5000])
def test_a_form_that_does_not_say_what_its_page_saw_does_nothing(slate, do, written):
    assert "Nothing was done" in told(do("pause", form={"generation": written}))
    assert slate.row["hold"] is None


def test_a_dead_letter_is_dealt_with_whatever_happens_to_the_slate(phase5, slate, letter, confirm, do):
    form = form_of(confirm("replay", message_id=letter))
    do("pause")

    assert form == {}
    assert told(do("replay", form=form, message_id=letter)) == "The message was published again."


@pytest.mark.parametrize(("lookup", "name"), [("ab", "A/B"), ("a/b", "Anybody")])
def test_a_player_leads_to_his_page_whatever_signs_his_name_has(phase5, slate, do, lookup, name):
    slate.expect([lookup], player_name=name)
    slate.features(ready=[lookup])

    response = do("predict", player=name)

    assert "asked for again" in told(response)
    assert phase5.client.get(response.location).status_code == 200


# ---------------------------------------------------------------- after the slate's day


def test_after_the_slates_day_neither_a_player_nor_a_refresh_is_offered(slate, complete, confirm, clock):
    clock.advance(24 * 3600)

    for page in (confirm("predict", player="p003"), confirm("refresh")):
        assert "the day of the slate is over" in words(page).lower()
        assert "<form method" not in page.text


def test_after_the_slates_day_neither_a_player_nor_a_refresh_is_carried_out(
    phase5, slate, complete, do, clock
):
    slate.expect(["p003"], line=40.5)
    clock.advance(24 * 3600)
    before = len(phase5.publisher.published)

    assert told(do("predict", player="p003")) == NOTICES["player_not_asked"][1]
    assert told(do("refresh")) == NOTICES["slate_over"][1]
    assert len(phase5.publisher.published) == before


# ---------------------------------------------------------------- refused


@pytest.mark.parametrize("name", ACTIONS)
def test_who_is_no_operator_may_not_act(phase5, slate, do, viewers, name):
    response = do(name, client=viewers, player="p000", message_id="m1")

    assert (response.status_code, response.mimetype) == (403, "text/html")
    assert "an operator's identity" in words(response)
    assert phase5.publisher.published == []
    assert slate.row["hold"] is None


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.test"},
        {"Sec-Fetch-Site": "none", "Origin": "https://elsewhere.test"},
    ],
    ids=str,
)
def test_a_form_from_elsewhere_is_refused(phase5, slate, do, headers):
    assert do("start", headers=headers).status_code == 403
    assert phase5.publisher.published == []


def test_a_form_of_a_browser_that_names_its_origin_is_taken(phase5, slate, do):
    slate.ready(20)

    assert do("start", headers={"Origin": "http://localhost"}).status_code == 303


@pytest.mark.parametrize("name", ["explode", "START", "../start"])
def test_an_action_that_there_is_not_is_not_found(slate, do, confirm, name):
    assert do(name).status_code == 404
    assert confirm(name).status_code == 404


def test_a_letter_and_a_player_that_there_are_not_are_not_found(slate, do):
    slate.ready(3)

    assert do("replay", message_id="none").status_code == 404
    assert do("predict", player="zzzzzz").status_code == 404
    assert slate.rows(OUTCOMES) == []


# ---------------------------------------------------------------- not now


def test_a_slate_that_somebody_else_is_starting_is_a_503_that_says_so(make_phase5, phase5, slate, do):
    slate.ready(20)
    other = make_phase5()
    other.store.after("claim", raising(Died()))
    with pytest.raises(Died):
        other.start()

    response = do("predict", player="p000")

    assert (response.status_code, response.mimetype) == (503, "text/html")
    assert "Somebody else is starting a batch" in words(response)


def test_a_store_that_does_not_answer_is_a_503_and_nothing_was_started(phase5, slate, do):
    slate.ready(20)
    phase5.store.before("snapshot", raising(DependencyUnavailable("the store did not answer")))

    response = do("start")

    assert response.status_code == 503
    assert response.headers["Retry-After"] == str(phase5.settings.retry_after_seconds)
    assert "the store did not answer" in words(response)
    assert phase5.publisher.published == []


# ---------------------------------------------------------------- told by code


def test_every_notice_has_a_colour_and_a_sentence_and_an_address_can_say_nothing_else():
    assert {tone for tone, _ in NOTICES.values()} <= {"good", "risk", "bad", "held", "quiet"}
    assert notice("started", 1) == ("good", "Started: 1 player was asked for.")
    assert notice("<b>owned</b>", 1) is None

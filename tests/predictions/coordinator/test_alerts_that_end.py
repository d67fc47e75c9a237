"""An alert is told to be over where it was told, once, and may come again after that."""

import pytest

from shared.alert_entries import RESEND_AFTER
from shared.statements import inline_statement
from shared.wording import eastern_moment

ALERTS = "nba_reference.alerts"
LATE = RESEND_AFTER.total_seconds()
_STANDS = inline_statement(
    "stands",
    "UPDATE nba_reference.slates SET alerts_raised = @entries WHERE game_date = @game_date",
    entries="STRING",
    game_date="DATE",
)


@pytest.fixture
def stands(session_store, slate):
    """Let these entries stand on the slate's row."""

    def put(entries):
        session_store.execute(_STANDS, entries=entries, game_date=slate.game_date)

    return put


@pytest.fixture
def short(phase5, slate):
    """A slate that was alerted as under the floor."""
    slate.expect(20)
    slate.features(ready=9, not_ready=11)
    phase5.trigger()
    return slate


def test_an_alert_is_over_when_the_question_shows_it_and_people_are_told_why(phase5, short):
    short.features(ready=20, run="run2")

    phase5.trigger()

    raised, over = phase5.alerter.sent
    assert (raised.kind, over.kind) == ("insufficient_data", "insufficient_data:resolved")
    assert over.severity == raised.severity
    assert over.title == "Phase 5 no longer waits for Phase 4"
    assert over.text.startswith("20/20 players ready (100.0%). It was raised at 2")
    assert [row["kind"] for row in short.rows(ALERTS, "sent_at")] == [raised.kind, over.kind]


def test_it_is_told_once_whoever_asks(phase5, make_phase5, short):
    short.features(ready=20, run="run2")
    other = make_phase5()

    phase5.trigger()
    other.retry()
    phase5.complete()

    assert phase5.alerter.kinds() + other.alerter.kinds() == [
        "insufficient_data",
        "insufficient_data:resolved",
    ]


def test_what_comes_back_is_raised_again(phase5, short, clock):
    for run in ("run2", "run3"):
        short.features(ready=20, run=run)
        phase5.plan()
        phase5.retry({"min_minutes": 60.0})  # nobody is expected: nothing starts, and the finish is asked
        short.features(ready=9, not_ready=11, run=f"{run}b")
        phase5.trigger()

    assert phase5.alerter.kinds() == [
        "insufficient_data",
        *["insufficient_data:resolved", "insufficient_data"] * 2,
    ]


def test_a_question_with_other_minutes_or_force_judges_by_those_of_the_slate(phase5, slate):
    slate.ready(20)
    phase5.publisher.failing = {0}
    phase5.start()
    phase5.publisher.failing = set()

    phase5.start({"min_minutes": 60.0})

    assert phase5.alerter.kinds() == ["publish_failed"]


@pytest.fixture
def untold(phase5, slate, clock, stands):
    """A slate that is ready, with an alert about too little data that is not known to have been sent."""
    slate.ready(20)
    stands(f";insufficient_data@{clock.now().isoformat()}")
    return slate


def test_an_alert_that_may_still_be_on_its_way_is_not_over_yet(phase5, untold, clock):
    clock.advance(LATE - 1)

    phase5.retry()

    assert phase5.alerter.kinds() == []


def test_an_alert_that_reached_nobody_is_told_as_over_with_what_it_was(phase5, untold, clock):
    clock.advance(LATE)

    phase5.retry()

    (alert,) = phase5.alerter.sent
    assert alert.kind == "insufficient_data:resolved"
    assert alert.text.endswith(", and nobody is known to have read it: Phase 5 is waiting for Phase 4.")


@pytest.mark.parametrize(
    ("ready", "kind", "said"),
    [(9, "insufficient_data", "Raised at"), (20, "insufficient_data:resolved", "It was raised at")],
    ids=["sent in the end", "over before it was sent"],
)
def test_people_read_when_an_alert_was_raised_first_however_often_it_was_tried(
    phase5, slate, clock, ready, kind, said
):
    slate.expect(20)
    slate.features(ready=9, not_ready=11)
    phase5.alerter.is_down = True
    raised_at = clock.now()
    phase5.trigger()
    for _ in range(2):
        clock.advance(LATE)
        phase5.trigger()
    phase5.alerter.is_down = False
    slate.features(ready=ready, not_ready=20 - ready, run="run2")
    clock.advance(LATE)

    phase5.trigger()

    (alert,) = (sent for sent in phase5.alerter.sent if sent.kind == kind)
    assert f"{said} {eastern_moment(raised_at)}" in alert.text


def test_an_end_that_reached_nobody_is_sent_again(phase5, untold, clock):
    clock.advance(LATE)
    phase5.alerter.is_down = True
    phase5.retry()
    phase5.alerter.is_down = False
    clock.advance(LATE)

    phase5.retry()
    clock.advance(LATE)
    phase5.retry()

    (alert,) = phase5.alerter.sent
    assert (alert.kind, alert.severity) == ("insufficient_data:resolved", "warning")
    assert alert.text.startswith("Over since 2")


def test_while_its_end_is_unsent_an_alert_that_comes_back_takes_its_place(phase5, short):
    phase5.alerter.is_down = True
    short.features(ready=20, run="run2")
    phase5.retry({"min_minutes": 60.0})
    phase5.alerter.is_down = False
    short.features(ready=9, not_ready=11, run="run3")

    phase5.trigger()

    assert phase5.alerter.kinds() == ["insufficient_data"] * 2
    assert ":resolved" not in short.row["alerts_raised"]


def test_what_an_earlier_version_raised_and_sent_is_read(phase5, slate, clock, stands, session_store):
    """Its rows have no message id, and its kinds other names."""
    slate.under_way(20)
    slate.answer()
    at = clock.now()
    stands(f";phase4_under_floor@{at.isoformat()};gap@{at.isoformat()}")
    told = {"severity": "warning", "title": "", "text": "", "raised_at": at, "sent_at": at}
    rows = [told | {"game_date": slate.game_date, "kind": kind} for kind in ("phase4_under_floor", "gap")]
    session_store.append(ALERTS, rows)

    phase5.complete()

    assert phase5.alerter.kinds() == ["gap:resolved"]
    assert phase5.status().get_json()["alerts"] == ["phase4_under_floor"]


def test_a_missed_deadline_is_over_when_the_forecasts_have_come(phase5, slate, clock):
    slate.under_way(20)
    clock.advance(3 * 3600)
    phase5.status(check="sla")
    slate.answer()

    phase5.complete()

    kinds = phase5.alerter.kinds()
    assert kinds.count("no_predictions") == kinds.count("no_predictions:resolved") == 1


def test_an_alert_that_stands_costs_no_read_of_a_question(phase5, short):
    phase5.store.calls.clear()

    phase5.retry()

    assert phase5.store.calls == ["snapshot"]

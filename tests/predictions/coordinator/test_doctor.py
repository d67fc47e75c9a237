"""What the doctor finds wrong with an installation, and what there is to type."""

from datetime import timedelta

import pytest
from phase5_bench import told
from slate_builder import FORECASTS
from watched_ports import raising

from predictions.coordinator.checkups import Checkups, Finding, Look
from predictions.coordinator.doctor import Doctor
from shared.clock import FakeClock
from shared.errors import DataContractViolation, DependencyRejected, DependencyUnavailable
from shared.ports import Fault

LETTERS = "nba_reference.dead_letters"
NAMES = [
    "schema",
    "clock",
    "write_right",
    "topology",
    "dead_letters",
    "unconfirmed_alerts",
    "alert_channels",
    "systems",
]


@pytest.fixture(autouse=True)
def _alone(session_clock):
    """The doctor looks back a week, in which no other test may have left anything."""
    session_clock.advance(10 * 86400)


@pytest.fixture
def diagnose(phase5):
    """Ask the doctor; return the findings by name, and whether all is well."""

    def ask():
        status, body = told(phase5.client.get("/doctor"))
        assert status == 200
        assert [check["name"] for check in body["checks"]] == NAMES
        return {check.pop("name"): check for check in body["checks"]}, body["is_ok"]

    return ask


def well(found):
    return {"is_ok": True, "found": found, "next_step": ""}


def test_an_installation_that_nothing_is_wrong_with_is_well_but_for_the_alerts(phase5, slate, diagnose):
    found, is_ok = diagnose()

    assert found["schema"] == well("every table and column is there")
    assert found["clock"] == well("the store's clock and ours are 0.0 s apart")
    assert found["write_right"] == well("slates may be changed")
    assert found["dead_letters"] == well("nobody has to deal with a dead letter")
    assert found["unconfirmed_alerts"] == well("every alert of today's slate was sent")
    assert (found["topology"]["is_ok"], found["systems"]["is_ok"]) == (None, None)
    assert not is_ok
    assert found["alert_channels"] == {
        "is_ok": False,
        "found": "alerts reach nobody: ALERT_URLS is empty",
        "next_step": "Set ALERT_URLS (docs/deploy.md), deploy, then nba-props alerts test",
    }


def test_looking_changes_nothing(phase5, slate, diagnose):
    slate.ready(3)
    before = slate.row

    diagnose()

    assert slate.row == before
    assert phase5.publisher.published == []
    assert phase5.alerter.sent == []


def test_the_embedded_stack_needs_no_channels(make_phase5):
    embedded = make_phase5(is_embedded=True)

    checks = embedded.client.get("/doctor").get_json()

    (found,) = (check for check in checks["checks"] if check["name"] == "alert_channels")
    assert (found["is_ok"], found["next_step"], checks["is_ok"]) == (None, "", True)


@pytest.mark.parametrize("setting", ["alert_urls", "alert_urls_critical", "alert_urls_warning"])
def test_channels_are_counted_and_never_shown(make_phase5, setting):
    phase5 = make_phase5(**{setting: "json://token@one.test  json://two.test"})

    answer = phase5.client.get("/doctor")

    (found,) = (check for check in answer.get_json()["checks"] if check["name"] == "alert_channels")
    assert (found["is_ok"], found["found"][:19]) == (True, "2 channels are set;")
    assert b"token" not in answer.data


def test_a_clock_that_is_more_than_five_seconds_off_is_named(phase5, clock, make_checkups):
    for apart, is_ok in ((4.5, True), (5.5, False), (-5.5, False)):
        other = FakeClock(clock.now() + timedelta(seconds=apart))

        found = make_checkups(clock=other)["clock"].ask()

        assert (found.is_ok, found.found) == (is_ok, f"the store's clock and ours are {abs(apart)} s apart")
        assert bool(found.next_step) is not is_ok


@pytest.fixture
def make_checkups(phase5, clock):
    """Make the looks by name, with parts that are given."""

    def make(clock=clock, topology=None):
        store = phase5.parts.players._store
        looks = Checkups(phase5.store, store, topology, phase5.settings, clock, is_embedded=False).looks()
        return {look.name: look for look in looks}

    return make


def test_topics_and_subscriptions_that_are_missing_are_named(make_checkups):
    class Torn:
        def missing(self):
            return [Fault("nba-dlq", "the topic does not exist"), Fault("ready-sub", "it pushes nowhere")]

    found = make_checkups(topology=Torn())["topology"].ask()

    assert (found.is_ok, found.found) == (
        False,
        "nba-dlq: the topic does not exist; ready-sub: it pushes nowhere",
    )
    assert found.next_step.startswith("bin/phase5/deploy_pubsub_infrastructure.sh, or bin/phase5/resume.sh")


def test_topics_that_are_all_there_are_well(make_checkups):
    class Whole:
        def missing(self):
            return []

    assert make_checkups(topology=Whole())["topology"].ask().is_ok is True


def letter(slate, clock, message_id, state="stored"):
    return {
        "game_date": slate.game_date,
        "message_id": message_id,
        "state": state,
        "source_subscription": "prediction-request-sub",
        "reason": "told to",
        "body": "x",
        "created_at": clock.now(),
    }


def test_dead_letters_that_nobody_has_dealt_with_are_counted_by_slate(phase5, slate, clock, diagnose):
    phase5.store.append(LETTERS, [letter(slate, clock, name) for name in ("m1", "m1", "m2", "m3")])
    phase5.store.append(LETTERS, [letter(slate, clock, "m3", "discarded")])

    found, is_ok = diagnose()

    assert not is_ok
    assert found["dead_letters"] == {
        "is_ok": False,
        "found": f"dead letters wait: 2 of {slate.game_date}",
        "next_step": f"nba-props dead-letters --date {slate.game_date}",
    }


def test_an_alert_that_was_never_confirmed_is_named_once_nobody_is_at_it(phase5, slate, clock, diagnose):
    slate.expect(20)
    phase5.alerter.is_down = True
    phase5.scheduled_start()

    at_once = diagnose()[0]["unconfirmed_alerts"]["is_ok"]
    clock.advance(300)
    later = diagnose()[0]["unconfirmed_alerts"]

    assert at_once is True
    assert (later["is_ok"], later["next_step"]) == (False, "nba-props alerts test")
    assert later["found"].startswith("nobody knows whether these alerts were sent: ")


def test_systems_that_forecast_nobody_on_the_newest_slate_are_named(phase5, slate, diagnose):
    slate.ready(1)
    phase5.trigger()
    slate.answer()
    (row,) = slate.rows(FORECASTS)
    silent = [name for name in phase5.settings.systems if name != row["system_id"]]

    some = diagnose()[0]["systems"]
    phase5.store.append(FORECASTS, [dict(row, system_id=name, prediction_id=name) for name in silent])
    every = diagnose()[0]["systems"]

    assert some["is_ok"] is False
    assert some["found"] == f"on {slate.game_date} nothing was forecast by {', '.join(silent)}"
    assert every["is_ok"] is True


@pytest.mark.parametrize(
    ("call", "name"),
    [
        ("store_clock", "clock"),
        ("write_right", "write_right"),
        ("stored_letters", "dead_letters"),
        ("snapshot", "unconfirmed_alerts"),
        ("forecasting_systems", "systems"),
    ],
)
def test_a_look_that_is_refused_is_a_finding_and_the_others_are_taken(phase5, diagnose, call, name):
    phase5.store.before(call, raising(DependencyRejected("you may not")))

    found, is_ok = diagnose()

    assert (found[name]["is_ok"], found[name]["found"]) == (False, "you may not")
    assert found[name]["next_step"]
    assert found["schema"]["is_ok"] is True
    assert not is_ok


def test_a_store_that_did_not_answer_once_is_not_asked_again(phase5, diagnose):
    phase5.store.breaks("store_clock")
    phase5.store.calls.clear()

    found, is_ok = diagnose()

    assert phase5.store.calls == ["store_clock"]
    assert found["clock"]["found"] == "the store did not answer"
    assert found["systems"] == {
        "is_ok": None,
        "found": "not looked at: the store did not answer",
        "next_step": "",
    }
    assert found["alert_channels"]["is_ok"] is False
    assert not is_ok


def test_a_schema_that_does_not_fit_is_told_with_the_script_to_run():
    def unfit():
        raise DataContractViolation("the store does not fit the code: table a.b is missing")

    diagnosis = Doctor([Look("schema", unfit, "bin/bigquery/apply_schemas.sh")]).diagnose()

    (found,) = diagnosis.checks
    assert found == Finding(
        "schema",
        False,
        "the store does not fit the code: table a.b is missing",
        "bin/bigquery/apply_schemas.sh",
    )


def test_messages_that_do_not_answer_leave_the_store_to_be_looked_at():
    def away():
        raise DependencyUnavailable("Pub/Sub did not answer")

    looks = [
        Look("topology", away, "x", is_of_the_store=False),
        Look("clock", lambda: Finding("clock", True, "well"), "x"),
    ]

    assert [check.is_ok for check in Doctor(looks).diagnose().checks] == [False, True]

"""At most so many messages an hour; what is over that comes as one. Critical alerts wait for no warning."""

from datetime import UTC, date, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from shared.alert_digest import LastHour, in_one, sendable
from shared.alert_entries import RESEND_AFTER
from shared.alerts import AlertDesk
from shared.clock import FakeClock
from shared.errors import DependencyUnavailable
from shared.ports import Alert
from shared.statements import inline_statement
from shared.warehouse.duckdb_warehouse import DuckDBWarehouse

NOW = datetime(2025, 11, 28, 15, tzinfo=UTC)
SLATE = date(2025, 11, 28)
MOST = 3


def alert(kind="gap", severity="warning", at=NOW, slate=SLATE):
    return Alert(kind, severity, f"The {kind}", "", slate, at)


WARNING, CRITICAL = alert(), alert("sla_missed", "critical")


@pytest.mark.parametrize(
    ("messages", "critical", "most", "sent"),
    [
        pytest.param(2, 2, 3, [WARNING, CRITICAL], id="under the cap everything goes"),
        pytest.param(3, 0, 3, [CRITICAL], id="at the cap warnings wait and critical ones do not"),
        pytest.param(9, 2, 3, [CRITICAL], id="however many warnings went"),
        pytest.param(3, 3, 3, [], id="as many critical ones hold back critical ones too"),
        pytest.param(99, 99, 0, [WARNING, CRITICAL], id="0 is no limit"),
    ],
)
def test_who_may_go_out_now(messages, critical, most, sent):
    assert sendable([WARNING, CRITICAL], LastHour(messages, critical), most) == sent


def test_several_become_one_message_with_a_line_each_as_grave_as_the_gravest():
    over = alert("gap:resolved", at=NOW + timedelta(minutes=3))

    digest = in_one([WARNING, over, CRITICAL])

    assert (digest.kind, digest.severity, digest.title) == ("digest", "critical", "3 alerts")
    assert digest.parts == (WARNING, over, CRITICAL)
    assert digest.raised_at == NOW
    assert digest.text.splitlines() == [
        "- 10:00 EST, warning: The gap (gap)",
        "- 10:03 EST, over: The gap:resolved (gap)",
        "- 10:00 EST, critical: The sla_missed (sla_missed)",
    ]


def test_one_alone_is_its_own_message():
    assert in_one([WARNING]) is WARNING


# ---------------------------------------------------------------- counted in the store

ROWS = inline_statement(
    "rows", "SELECT * FROM nba_reference.alerts WHERE game_date = @day ORDER BY kind", day="DATE"
)


@pytest.fixture
def clock():
    return FakeClock(NOW)


@pytest.fixture(scope="module")
def schema():
    made = DuckDBWarehouse(None, FakeClock(NOW))
    made.create_schema()
    yield made
    made.close()


@pytest.fixture
def warehouse(schema):
    """The store of the module, in which no message has gone out and nothing stands."""
    for emptied in ("DELETE FROM nba_reference.alerts", "UPDATE nba_reference.slates SET alerts_raised = ''"):
        schema.execute(inline_statement("emptied", emptied))
    return schema


@pytest.fixture
def desk(warehouse, alerter, clock):
    return AlertDesk(warehouse, alerter, clock, MOST)


@pytest.fixture
def full(desk, clock):
    """As many warnings have gone out this hour as may, about several slates."""
    for day in range(MOST):
        desk.raise_once(SLATE - timedelta(days=day), "gap", "warning", "A gap", "")
    return desk


def test_over_the_cap_a_warning_stands_raised_and_is_in_the_log_at_once(full, alerter, warehouse):
    with capture_logs() as lines:
        was_sent = full.raise_once(SLATE, "dead_letter", "warning", "A letter", "")

    assert (was_sent, len(alerter.sent)) == (False, MOST)
    assert [line["event_name"] for line in lines] == ["alert", "alert_held_back"]
    assert [row["kind"] for row in warehouse.query(ROWS, day=SLATE)] == ["gap"]


def test_over_the_cap_a_critical_alert_goes_out(full, alerter):
    assert full.raise_once(SLATE, "sla_missed", "critical", "Missed", "")


def test_critical_alerts_have_a_cap_of_their_own(full, alerter):
    sent = [full.raise_once(SLATE, f"kind_{n}", "critical", "", "") for n in range(MOST + 1)]

    assert sent == [True] * MOST + [False]


def test_what_was_held_back_comes_as_one_message_when_the_hour_is_over(full, alerter, warehouse, clock):
    kinds = ("dead_letter", "phase4_run_rejected", "sla_at_risk")
    for kind in kinds:
        full.raise_once(SLATE, kind, "warning", "", "")
    waiting = [alert(kind) for kind in kinds]
    clock.advance(3599)
    early = full.resend(waiting)

    clock.advance(1)
    was_sent = full.resend(waiting)

    assert (early, was_sent) == (False, True)
    assert alerter.sent[-1].parts == tuple(waiting)
    rows = [row for row in warehouse.query(ROWS, day=SLATE) if row["kind"] in kinds]
    assert len(rows) == 3
    assert len({row["message_id"] for row in rows}) == 1


def test_a_digest_counts_as_one_message(desk, alerter, clock):
    alerter.is_down = True
    for kind in ("a", "b", "c"):
        desk.raise_once(SLATE, kind, "warning", "", "")
    alerter.is_down = False
    clock.advance(RESEND_AFTER.total_seconds())
    desk.resend([alert(kind) for kind in ("a", "b", "c")])

    sent = [desk.raise_once(SLATE, f"kind_{n}", "warning", "", "") for n in range(MOST)]

    assert sent == [True] * (MOST - 1) + [False]


def test_a_digest_of_which_another_has_begun_to_send_is_left_to_him(desk, alerter, clock):
    alerter.is_down = True
    for kind in ("a", "b"):
        desk.raise_once(SLATE, kind, "warning", "", "")
    alerter.is_down = False
    clock.advance(RESEND_AFTER.total_seconds())
    desk.resend([alert("a")])

    was_sent = desk.resend([alert("a"), alert("b")])

    assert not was_sent
    assert len(alerter.sent) == 1


def test_while_only_critical_ones_may_go_the_warnings_wait_on(full, alerter, clock):
    alerter.is_down = True
    full.raise_once(SLATE, "sla_missed", "critical", "", "")
    alerter.is_down = False
    full.raise_once(SLATE, "dead_letter", "warning", "", "")
    clock.advance(RESEND_AFTER.total_seconds())

    full.resend([alert("dead_letter"), alert("sla_missed", "critical")])

    assert [sent.kind for sent in alerter.sent[MOST:]] == ["sla_missed"]


class Uncounted:
    """A store that takes writes and answers no read."""

    def __init__(self, warehouse):
        self.execute, self.append = warehouse.execute, warehouse.append

    def query(self, statement, **parameters):
        raise DependencyUnavailable("the store does not answer")


def test_a_count_that_cannot_be_read_is_not_taken_for_none(warehouse, alerter, clock):
    desk = AlertDesk(Uncounted(warehouse), alerter, clock, MOST)

    with capture_logs() as lines:
        was_sent = desk.raise_once(SLATE, "gap", "critical", "", "")
        was_resent = desk.resend([alert()])

    assert (was_sent, was_resent, alerter.sent) == (False, False, [])
    assert [line["event_name"] for line in lines] == ["alert", "alert_unsent", "alert_unsent"]

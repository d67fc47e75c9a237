"""Alerts as they stand, and the bar whose parts add up to the expected players."""

from datetime import UTC, datetime, timedelta

from predictions.coordinator.console.alerts_view import alerts_view
from predictions.coordinator.console.progress import progress
from shared.alert_entries import entry_text

AT = datetime(2025, 1, 15, 14, tzinfo=UTC)


def micros(moment):
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def test_an_alert_that_nobody_is_known_to_have_got_says_so(make_snapshot):
    (alert,) = alerts_view(make_snapshot(alerts_raised=entry_text("gap", AT)), [], "docs/runbook.md")

    assert (alert.kind, alert.is_over, alert.sent_at, alert.link) == ("gap", False, None, "")
    assert alert.next_step == "who is missing, and why"


def test_a_confirmed_alert_has_the_text_and_the_time_that_it_was_sent_with(make_snapshot):
    sent_at = AT + timedelta(seconds=2)
    sent = {"kind": "gap", "text": "3 of 20 players have no forecast.", "sent_at": sent_at}
    snapshot = make_snapshot(
        alerts_raised=entry_text("gap", AT), alerts_confirmed=f"gap@critical@{micros(sent_at)}"
    )

    (alert,) = alerts_view(snapshot, [sent], "")

    assert (alert.severity, alert.text, alert.sent_at) == ("critical", sent["text"], sent_at)


def test_what_is_over_comes_last_and_has_nothing_to_be_done(make_snapshot):
    raised = entry_text("gap:resolved", AT + timedelta(hours=1)) + entry_text("sla_at_risk", AT)

    standing, over = alerts_view(make_snapshot(alerts_raised=raised), [], "https://docs.test/runbook")

    assert (standing.kind, standing.link) == ("sla_at_risk", "https://docs.test/runbook#sla_at_risk")
    assert (over.kind, over.is_over, over.next_step) == ("gap", True, "")


def test_the_parts_of_the_bar_add_up_to_everybody_expected(make_snapshot):
    bar = progress(make_snapshot(predicted=8, skipped=1, skipped_accepted=1, failed=2, in_flight=4))

    assert [(part.name, part.players) for part in bar.segments] == [
        ("predicted", 8),
        ("skipped", 1),
        ("failed", 2),
        ("in flight", 4),
        ("open", 5),
    ]
    assert bar.segments[-1].x + bar.segments[-1].width == 100
    assert (bar.done, bar.share) == (9, 0.45)


def test_inputs_in_flight_beside_the_main_line_are_not_more_players(make_snapshot):
    bar = progress(make_snapshot(predicted=18, in_flight=10))

    assert [part.players for part in bar.segments] == [18, 0, 0, 2, 0]


def test_a_slate_of_nobody_has_an_empty_bar(make_snapshot):
    bar = progress(make_snapshot(expected=0))

    assert bar.share == 0.0
    assert {part.width for part in bar.segments} == {0.0}

"""Alerts on their way to people: what arrives, what is said about what does not, and what is never said."""

import io
import logging
from datetime import UTC, date, datetime

import pytest
from alert_receivers import PASSWORD, TOKEN, USER, mail_server, nobody, silence, webhook
from structlog.testing import capture_logs

from shared.alert_channels import AppriseAlerter, build_alerter, open_channels
from shared.alert_digest import in_one
from shared.alert_texts import Links, body
from shared.alerts import LogAlerter, LoggedAlerter
from shared.clock import Stopwatch
from shared.config import load_settings
from shared.errors import DependencyUnavailable, InvalidInput
from shared.ports import Alert

# Apprise imports the module for its mail signatures, until Python 3.13 has none.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
ALERT = Alert(
    kind="gap",
    severity="warning",
    title="Dončić & <others> are missing",
    text="8 of 100 expected players have no forecast: Luka Dončić, <b>Jokić</b> & others.",
    game_date=date(2025, 11, 28),
    raised_at=datetime(2025, 11, 28, 14, 30, tzinfo=UTC),
)
BODY = """\
8 of 100 expected players have no forecast: Luka Dončić, <b>Jokić</b> & others.

Slate: 2025-11-28
Kind: gap
Severity: warning
Raised: 2025-11-28 09:30:00 EST
What to do: who is missing, and why. docs/runbook.md#gap"""
TITLE = "[WARNING] Dončić & <others> are missing (slate 2025-11-28)"


def alerter(*urls, timeout_seconds=10.0):
    return AppriseAlerter({"ALERT_URLS": urls}, timeout_seconds)


def routed(**urls):
    """Make an alerter with these URLs by route: all, critical, warning."""
    named = {"all": "ALERT_URLS", "critical": "ALERT_URLS_CRITICAL", "warning": "ALERT_URLS_WARNING"}
    return AppriseAlerter({named[route]: [url] for route, url in urls.items()}, 10.0)


def about(severity, kind="gap"):
    return Alert(kind, severity, f"The {kind}", "", ALERT.game_date, ALERT.raised_at)


def settings(urls, **others):
    return load_settings(alert_urls=urls, **others)


def test_a_webhook_receives_the_alert():
    with webhook() as (bodies, url):
        alerter(url).send(ALERT)

    (body,) = bodies
    assert (body["title"], body["message"], body["type"]) == (TITLE, BODY, "warning")


def test_the_mail_has_the_title_for_a_subject_and_goes_to_every_recipient():
    with mail_server(to="ops@example.org,on-call@example.org") as (box, url):
        alerter(url).send(ALERT)

    assert [mail["Subject"] for mail in box.mails] == [TITLE] * 2
    assert [mail["To"] for mail in box.mails] == ["ops@example.org", "on-call@example.org"]
    assert box.recipients == [["ops@example.org"], ["on-call@example.org"]]
    assert box.mails[0]["From"].addresses[0].addr_spec == "nba@example.org"
    assert box.mails[0].get_body().get_content().replace("\r\n", "\n").strip() == BODY


def test_names_and_angle_brackets_survive_in_a_mail_that_is_html():
    with mail_server() as (box, url):
        alerter(f"{url}&format=html").send(ALERT)

    html = box.mails[0].get_body(("html",)).get_content()
    assert "Dončić" in html
    assert "&lt;b&gt;Jokić&lt;/b&gt;" in html


@pytest.mark.parametrize("severity", ["warning", "critical"])
def test_the_end_of_an_alert_is_green_and_asks_nothing_of_anybody(severity):
    with webhook() as (bodies, url):
        alerter(url).send(about(severity, "gap:resolved"))

    (body,) = bodies
    assert (body["type"], body["title"]) == ("success", "[RESOLVED] The gap:resolved (slate 2025-11-28)")
    assert body["message"].endswith("\nWhat to do: nothing, it is over. docs/runbook.md#gap")


# ---------------------------------------------------------------- routes


@pytest.mark.parametrize(
    ("severity", "routes", "taken"),
    [
        pytest.param("critical", {"all", "critical", "warning"}, "critical", id="critical has its own"),
        pytest.param("warning", {"all", "critical", "warning"}, "warning", id="warnings have their own"),
        pytest.param("info", {"all", "critical", "warning"}, "all", id="what has no route goes to all"),
        pytest.param("critical", {"all", "warning"}, "all", id="critical falls back"),
        pytest.param("warning", {"all", "critical"}, "all", id="warnings fall back"),
    ],
)
def test_an_alert_goes_where_its_severity_goes_and_its_end_goes_there_too(severity, routes, taken):
    with webhook() as (all_, a), webhook() as (critical, c), webhook() as (warning, w):
        bodies, urls = (
            {"all": all_, "critical": critical, "warning": warning},
            {"all": a, "critical": c, "warning": w},
        )
        channels = routed(**{route: urls[route] for route in routes})
        channels.send(about(severity))
        channels.send(about(severity, "gap:resolved"))

    assert {route: len(taken_) for route, taken_ in bodies.items() if taken_} == {taken: 2}


def test_a_severity_without_any_route_is_left_to_the_log_and_is_said_at_the_start():
    with webhook() as (bodies, url), capture_logs() as lines:
        built = build_alerter(load_settings(alert_urls_warning=url))
        built.send(about("critical"))

    assert bodies == []
    (warned, logged) = lines
    assert (warned["event_name"], warned["alert_severity"]) == ("no_alert_channel", "critical")
    assert warned["empty"] == "ALERT_URLS and ALERT_URLS_CRITICAL"
    assert (logged["event_name"], logged["log_level"]) == ("alert", "critical")


DIGEST = in_one(
    [about("warning", "gap"), about("critical", "sla_missed"), about("warning", "dead_letter:resolved")]
)


def test_a_digest_reaches_the_routes_of_all_that_it_carries_once_each():
    with webhook() as (critical, c), webhook() as (warning, w), webhook() as (other, a):
        routed(all=a, critical=c, warning=w).send(DIGEST)

    assert (len(critical), len(warning), other) == (1, 1, [])
    assert critical == warning
    assert critical[0]["title"] == "[CRITICAL] 3 alerts (slate 2025-11-28)"
    assert critical[0]["message"].splitlines()[-3:] == [
        "What to do: who is missing, and why. docs/runbook.md#gap",
        "What to do: `/status`, then who is missing and why. docs/runbook.md#sla_missed",
        "What to do: nothing, it is over. docs/runbook.md#dead_letter",
    ]


def test_a_digest_that_its_gravest_route_did_not_take_was_not_sent():
    with webhook(500) as (_, c), webhook() as (_, w), pytest.raises(DependencyUnavailable) as refused:
        routed(critical=c, warning=w).send(DIGEST)

    assert (
        str(refused.value) == "no channel took the alert (ALERT_URLS_CRITICAL 1 JSON: it answered HTTP 500)"
    )


def test_a_digest_that_only_a_lesser_route_did_not_take_was_sent_and_is_logged():
    with webhook() as (bodies, c), webhook(500) as (_, w), capture_logs() as lines:
        routed(critical=c, warning=w).send(DIGEST)

    assert len(bodies) == 1
    assert [(line["event_name"], line["route"]) for line in lines] == [
        ("alert_channel_failed", "ALERT_URLS_WARNING")
    ]


# ---------------------------------------------------------------- links


def test_every_message_ends_with_the_console_and_the_line_of_the_runbook():
    links = Links("https://console.example/", "https://wiki.example/runbook")

    end = body(about("critical", "sla_missed"), links).splitlines()[-2:]

    assert end == [
        "Console: https://console.example/console/2025-11-28",
        "What to do: `/status`, then who is missing and why. https://wiki.example/runbook#sla_missed",
    ]


def test_a_kind_of_another_version_leads_to_the_chapter_on_alerts():
    end = body(about("warning", "phase4_under_floor"), Links()).splitlines()[-1]

    assert end == "What to do: see the runbook's chapter on alerts. docs/runbook.md#alerts"


def test_the_links_come_from_the_settings():
    with webhook() as (bodies, url):
        named = {"console_url": "https://c.example", "runbook_url": "https://r.example/"}
        build_alerter(settings(url, **named)).send(ALERT)

    assert bodies[0]["message"].splitlines()[-2:] == [
        "Console: https://c.example/console/2025-11-28",
        "What to do: who is missing, and why. https://r.example/#gap",
    ]


# ---------------------------------------------------------------- what arrives


@pytest.mark.parametrize(
    ("severity", "kind"), [("info", "info"), ("warning", "warning"), ("critical", "failure")]
)
def test_every_severity_has_its_colour(severity, kind):
    with webhook() as (bodies, url):
        alerter(url).send(Alert("gap", severity, "A gap", "", date(2025, 11, 28), ALERT.raised_at))

    assert bodies[0]["type"] == kind


def test_one_alert_goes_to_all_channels():
    with webhook() as (first, url), webhook() as (second, other), mail_server() as (box, mail):
        alerter(url, other, mail).send(ALERT)

    assert len(first) == len(second) == len(box.mails) == 1


def test_a_channel_that_fails_beside_one_that_works_is_logged_and_the_alert_counts_as_sent():
    with webhook() as (bodies, url), webhook(500) as (_, broken), capture_logs() as lines:
        alerter(url, broken).send(ALERT)

    assert len(bodies) == 1
    assert lines == [
        {
            "event": "a channel did not take an alert that another took",
            "event_name": "alert_channel_failed",
            "log_level": "error",
            "part": "alerts",
            "kind": "gap",
            "route": "ALERT_URLS",
            "position": 2,
            "channel": "JSON",
            "reason": "it answered HTTP 500",
        }
    ]


def test_an_alert_that_no_channel_took_is_unavailable_and_every_reason_is_named():
    with webhook(500) as (_, broken), pytest.raises(DependencyUnavailable) as raised:
        alerter(broken, f"json://{nobody()}").send(ALERT)

    first, second = "ALERT_URLS 1 JSON: it answered HTTP 500", "ALERT_URLS 2 JSON: connection refused"
    assert str(raised.value) == f"no channel took the alert ({first}; {second})"


def test_one_wrong_recipient_does_not_make_the_others_get_the_alert_again():
    with (
        mail_server(to="left@example.org,ops@example.org", refuses={"left@example.org"}) as (box, url),
        capture_logs() as lines,
    ):
        alerter(url).send(ALERT)

    assert box.recipients == [["ops@example.org"]]
    assert [line["reason"] for line in lines] == ["the mail server answered 550"]


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        pytest.param(f"json://{nobody()}", "connection refused", id="no webhook there"),
        pytest.param(
            f"mailto://{nobody()}?from=a@b.org&to=c@d.org", "connection refused", id="no mail server"
        ),
        pytest.param("json://webhook.invalid", "unknown host", id="a host that does not exist"),
    ],
)
def test_a_fault_is_named(url, fault):
    assert [delivery.fault for delivery in alerter(url).deliver(ALERT)] == [fault]


def test_a_wrong_password_is_named_by_the_code_of_the_mail_server():
    with mail_server(password="wrong") as (box, url):
        (delivery,) = alerter(url).deliver(ALERT)

    assert (delivery.fault, box.mails) == ("the mail server answered 535", [])


def test_a_server_without_tls_is_named():
    with webhook() as (_, url):
        (delivery,) = alerter(url.replace("json:", "jsons:")).deliver(ALERT)

    assert delivery.fault == "no secure connection could be made"


def test_the_text_of_an_alert_is_not_taken_for_the_reason_of_its_failure():
    alert = Alert(
        "x", "warning", "x", "Socket Exception: timed out error=503.", ALERT.game_date, ALERT.raised_at
    )
    with webhook(404) as (_, url):
        (delivery,) = alerter(url).deliver(alert)

    assert delivery.fault == "it answered HTTP 404"


@pytest.mark.parametrize("scheme", ["json://{}", "mailto://{}?from=a@b.org&to=c@d.org"])
def test_a_server_that_never_answers_holds_nobody_longer_than_the_timeout(scheme):
    watch = Stopwatch()
    with silence() as address, pytest.raises(DependencyUnavailable, match="no answer in time"):
        alerter(scheme.format(address), timeout_seconds=0.2).send(ALERT)

    assert watch.seconds() < 2.0


def test_many_channels_that_hang_take_no_longer_than_one():
    watch = Stopwatch()
    with silence() as address, webhook() as (bodies, url):
        deliveries = alerter(url, *[f"json://{address}"] * 3, timeout_seconds=0.5).deliver(ALERT)

    assert [delivery.fault for delivery in deliveries] == ["", *["no answer in time"] * 3]
    assert len(bodies) == 1
    assert watch.seconds() < 1.4


def test_the_channels_take_less_time_than_a_call_may():
    watch = Stopwatch()
    with silence() as address:
        open_channels(settings(f"json://{address}", call_timeout_seconds=1.2)).deliver(ALERT)

    assert watch.seconds() < 1.2


def test_a_failure_that_the_url_calls_optional_is_a_failure():
    with webhook(500) as (_, url), pytest.raises(DependencyUnavailable):
        alerter(f"{url}?optional=yes").send(ALERT)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param(
            "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#alerts", id="written as Apprise does"
        ),
        pytest.param(
            "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
            id="as Slack does",
        ),
    ],
)
def test_slack_is_understood(url):
    channels = open_channels(settings(url))

    assert [str(service.service_name) for service in channels._channels["ALERT_URLS"]] == ["Slack"]


def test_every_url_that_cannot_be_read_is_named_by_position_and_scheme_alone():
    urls = f"json://localhost slak://{TOKEN}/x\n{PASSWORD}  mailto://:{PASSWORD}@?to=x"

    with pytest.raises(InvalidInput) as refused:
        build_alerter(settings(urls))

    text = str(refused.value)
    assert "cannot read number 2 (slak://), 3 (no scheme), 4 (mailto://);" in text
    assert TOKEN not in text
    assert PASSWORD not in text


def test_an_alert_is_logged_before_it_is_sent():
    with webhook(500) as (_, url), capture_logs() as lines, pytest.raises(DependencyUnavailable):
        build_alerter(settings(url)).send(ALERT)

    assert [(line["event_name"], line["kind"], line["log_level"]) for line in lines] == [
        ("alert", "gap", "warning")
    ]


def test_without_channels_the_log_is_all_there_is_and_says_so():
    with capture_logs() as lines:
        built = build_alerter(settings(" \n"))

    assert isinstance(built, LogAlerter)
    assert [(line["event_name"], line["alert_severity"]) for line in lines] == [
        ("no_alert_channel", "critical"),
        ("no_alert_channel", "warning"),
    ]


def test_with_channels_the_start_is_quiet():
    with capture_logs() as lines:
        built = build_alerter(settings("json://localhost"))

    assert isinstance(built, LoggedAlerter)
    assert lines == []


@pytest.fixture
def logged():
    """Everything that any logger passes on, at whatever level."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(1)
    yield written.getvalue
    root.setLevel(level)
    root.removeHandler(handler)


@pytest.mark.parametrize("status", [pytest.param(200, id="taken"), pytest.param(500, id="refused")])
def test_no_log_exception_or_representation_contains_a_secret(status, logged, capfd):
    with webhook(status) as (_, hook), mail_server() as (_, mail), silence() as hanging:
        broken = (f"json://{USER}:{PASSWORD}@{nobody()}/{TOKEN}", f"json://{hanging}/{TOKEN}")
        channels = alerter(hook, mail, *broken, timeout_seconds=0.5)
        with capture_logs() as lines:
            channels.send(ALERT)
        with pytest.raises(DependencyUnavailable) as raised:
            alerter(*broken, timeout_seconds=0.2).send(ALERT)
    said = f"{lines}{channels!r}{raised.value!r}{logged()}{capfd.readouterr()}"

    assert said.count("alert_channel_failed") == (2 if status == 200 else 3)
    assert TOKEN not in said
    assert PASSWORD not in said


def test_the_lines_of_apprise_stay_out_of_every_log(logged, capfd):
    alerter("json://localhost")

    with pytest.raises(InvalidInput):
        alerter("slak://x")

    assert (logged(), capfd.readouterr()) == ("", ("", ""))

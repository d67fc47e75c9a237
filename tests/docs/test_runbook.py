"""The page for whoever is on call is true: alerts, log lines, reasons, routes and times are the code's."""

import os
import re
import subprocess
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from types import SimpleNamespace
from typing import ClassVar
from urllib.parse import parse_qsl, urlsplit

import alert_sources
import pytest
import script_settings
from docs_page import RUNBOOK as page
from docs_page import anchor
from partition_limits import unlimited_tables

from cli.main import cli
from data_processors.precompute.service import ProcessRequest, RepublishRequest
from data_processors.precompute.service import create_app as create_precompute_app
from predictions.coordinator.coordinator import create_app as create_coordinator_app
from predictions.coordinator.question import Policies
from predictions.coordinator.requests import (
    HoldRequest,
    LettersRequest,
    PlayerQuery,
    PlayerRequest,
    SlateRequest,
    read_status_query,
)
from predictions.worker.worker import create_app as create_worker_app
from shared import alert_kinds
from shared.clock import FakeClock
from shared.config import Settings
from shared.http import read_query
from shared.outcomes import Reason
from shared.statements import inline_statement
from shared.warehouse.catalog import tables
from shared.warehouse.duckdb_warehouse import DuckDBWarehouse

KINDS = alert_sources.alert_kinds()
LOG_LINES = alert_sources.log_lines()
QUERIES = page.blocks("sql")
COMMANDS = page.commands()
NOW = datetime(2026, 1, 15, 14, 40, tzinfo=UTC)
TODAY = date(2026, 1, 15)


def lines(*programs):
    """Return the page's commands of these programs, each one once."""
    found = {line.text: line for line in COMMANDS if line.words and line.words[0] in programs}
    return [pytest.param(line, id=line.text) for line in found.values()]


# Alerts


def test_every_alert_that_the_code_can_raise_has_a_section_and_no_section_is_about_another():
    sections = [s.title for s in page.sections if s.chapter == "Alerts" and s.level == 3]

    assert sorted(sections) == sorted(KINDS)


def test_the_index_names_every_alert_with_its_severities():
    index = {
        re.sub(r"\[(\w+)\]\(#\1\)", r"\1", alert): frozenset(severity.split(", "))
        for alert, severity, _ in page.table("", "alert")
    }

    assert index == KINDS


def test_the_table_of_kinds_has_every_alert_that_the_code_can_raise_as_grave_as_it_gets():
    order = ("info", "warning", "critical")
    gravest = {name: max(severities, key=order.index) for name, severities in KINDS.items()}

    assert {kind.name: kind.severity for kind in alert_kinds.KINDS.values()} == gravest


def test_a_message_leads_to_the_section_of_its_kind_and_says_what_the_index_does():
    index = {kind.strip("[").partition("]")[0]: step for kind, _, step in page.table("", "alert")}
    sections = {anchor(section.title) for section in page.sections}

    assert {kind.name: kind.next_step for kind in alert_kinds.KINDS.values()} == index
    assert {kind.anchor for kind in alert_kinds.KINDS.values()} <= sections
    assert alert_kinds.kind_named("a_kind_of_an_earlier_version").anchor in sections


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_section_of_an_alert_says_what_it_means_where_to_look_what_to_do_and_when_it_is_over(kind):
    (section,) = [s for s in page.sections if s.title == kind]

    labels = re.findall(r"\*\*(Means|Look|Answer|Do|Over when)\*\*", section.text)

    assert labels == ["Means", "Look", "Answer", "Do", "Over when"]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_section_of_an_alert_has_a_query_or_leads_to_one(kind):
    (section,) = [s for s in page.sections if s.title == kind]
    titles = [s.title for s in page.sections if "```sql" in s.text]

    assert "```sql" in section.text or any(f"(#{anchor(title)})" in section.text for title in titles)


# Log lines


def test_every_line_that_a_service_logs_as_an_error_is_explained():
    errors = {name for name, levels in LOG_LINES.items() if levels & {"error", "critical"}}

    explained = {row[0].strip("`") for row in page.table("Log lines", "line")}

    assert errors - explained == set()


@pytest.mark.parametrize("row", page.table("Log lines", "line"), ids=lambda row: row[0].strip("`"))
def test_an_explained_log_line_exists_with_its_severity(row):
    name, severity = row[0].strip("`"), row[1]

    assert severity in LOG_LINES[name] or "any" in LOG_LINES[name]


@pytest.mark.parametrize("line", lines("logs"))
def test_a_log_line_that_is_to_be_looked_for_exists(line):
    assert line.words[1] in LOG_LINES


def test_a_log_line_named_in_a_sentence_exists():
    named = re.findall(r"log line `?(\w+)", page.text)

    assert len(named) >= 4
    assert set(named) - set(LOG_LINES) == set()


# Queries


@pytest.mark.parametrize(
    "sql",
    [
        pytest.param("SELECT kind FROM nba_reference.alerts", id="no filter"),
        pytest.param(
            "SELECT a.kind FROM nba_reference.slates AS s JOIN nba_reference.alerts AS a "
            "ON a.game_date = s.game_date WHERE s.game_date = '2026-01-15'",
            id="a filter on the other table alone",
        ),
        pytest.param(
            "SELECT kind FROM nba_reference.alerts WHERE game_date = '2026-01-15' OR kind = 'gap'",
            id="a filter beside which there is another way",
        ),
        pytest.param(
            "SELECT run_id FROM nba_reference.processor_run_history WHERE processed_at > '2026-01-15'",
            id="another column",
        ),
    ],
)
def test_a_table_whose_partition_is_not_limited_would_be_noticed(sql):
    assert len(unlimited_tables(sql)) == 1


def test_who_is_missing_are_the_expected_without_a_forecast_each_with_his_reason():
    store = DuckDBWarehouse(None, FakeClock(NOW))
    store.create_schema()
    expect(store, "done", "never_asked", "failed", "mended", "newcomer")
    expect(store, "ruled_out", status="OUT")
    expect(store, "rarely_plays", projected_minutes=14.9)
    end(store, "done", "predicted", None)
    end(store, "failed", "failed", "transient")
    end(store, "mended", "failed", "transient")
    end(store, "mended", "predicted", None, created_at=NOW + timedelta(minutes=1))
    end(store, "newcomer", "skipped", "no_history")
    (sql,) = [sql for title, sql in QUERIES if title == "Who is missing, and why"]

    rows = store.query(inline_statement("missing", sql))

    assert {row["player_lookup"]: row["reason"] for row in rows} == {
        "never_asked": None,
        "failed": "transient",
    }


def test_the_events_that_wait_are_shown_by_their_newest_state():
    store = DuckDBWarehouse(None, FakeClock(NOW))
    store.create_schema()
    table = "nba_reference.unpublished_events"
    waits, went = blank(table, run_id="waits", state="stored"), blank(table, run_id="went", state="stored")
    store.append(
        table, [waits, went, went | {"state": "published", "created_at": NOW + timedelta(minutes=1)}]
    )
    (sql,) = [sql for title, sql in QUERIES if title == "phase4_publish_failed"]

    rows = store.query(inline_statement("events", sql))

    assert {row["run_id"]: row["state"] for row in rows} == {"waits": "stored", "went": "published"}


def blank(table, **values):
    """Return a row of today that fits the table."""
    empty = {"STRING": "x", "FLOAT64": 20.0, "BOOL": True, "TIMESTAMP": NOW, "DATE": TODAY, "INT64": 1}
    return {name: empty.get(kind) for name, kind in tables()[table].columns.items()} | values


def expect(store, *players, **values):
    table = "nba_analytics.upcoming_player_game_context"
    rows = [blank(table, player_lookup=name, **{"status": "ACTIVE", **values}) for name in players]
    store.append(table, rows)


def end(store, player, outcome, reason, **values):
    table = "nba_predictions.prediction_outcomes"
    store.append(table, [blank(table, player_lookup=player, outcome=outcome, reason=reason, **values)])


def test_every_reason_that_a_request_can_end_with_says_what_to_do():
    rows = page.table("Who is missing, and why", "`reason`")

    reasons = [row[0].strip("`") for row in rows if row[0].startswith("`")]

    assert sorted(reasons) == sorted(reason.value for reason in Reason)


# Commands


@pytest.fixture(scope="module")
def apps():
    """The services by the name of the function that calls them; only their routes are looked at."""
    settings = Settings(_env_file=None)
    coordinator = SimpleNamespace(clock=None, console=None, policies=Policies())
    return {
        "coordinator": create_coordinator_app(coordinator, settings, None, lambda: None, None),
        "worker": create_worker_app(None, settings, lambda: None),
        "precompute": create_precompute_app(None, settings, lambda: None),
    }


@pytest.mark.parametrize("line", lines("coordinator", "worker", "precompute"))
def test_a_call_names_a_route_and_sends_what_it_takes(apps, line):
    service, method, target, *body = line.words
    url = urlsplit(target)

    apps[service].url_map.bind("").match(url.path, method)

    if url.path == "/explain":
        read_query(PlayerQuery, dict(parse_qsl(url.query)))
    elif url.query:
        read_status_query(dict(parse_qsl(url.query)), TODAY)
    models = {
        "/start": SlateRequest,
        "/retry": SlateRequest,
        "/predict-player": PlayerRequest,
        "/process": ProcessRequest,
        "/dead-letters/replay": LettersRequest,
        "/dead-letters/discard": LettersRequest,
        **dict.fromkeys(("/pause", "/cancel", "/resume"), HoldRequest),
    }
    if method == "POST":
        models.get(url.path, RepublishRequest).model_validate_json(body[0])
    else:
        assert body == []


def test_every_path_in_code_font_is_a_route(apps):
    routes = {rule.rule for app in apps.values() for rule in app.url_map.iter_rules()}
    paths = {urlsplit(span).path for span in page.spans() if re.fullmatch(r"/[\w-]+(\?\S+)?", span)}

    assert len(paths) >= 6
    assert paths - routes == set()


class Recorder(BaseHTTPRequestHandler):
    """A service that keeps what it was asked."""

    asked: ClassVar[list[tuple[str, str, str, bytes]]] = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append((self.command, self.path, self.headers["Authorization"], body))
        self.send_response(202)
        self.end_headers()

    def log_message(self, format, *args):
        """Say nothing."""


def test_what_is_set_up_calls_the_service_as_the_operator(tmp_path):
    server = HTTPServer(("127.0.0.1", 0), Recorder)
    Thread(target=server.handle_request, daemon=True).start()
    gcloud = tmp_path / "gcloud"
    gcloud.write_text(
        "#!/bin/bash\n"
        'if [[ "$*" == "run services describe prediction-coordinator "* ]]; then\n'
        f"  echo http://127.0.0.1:{server.server_port}\n"
        'else echo "token of $*" | tr " " "_"; fi\n'
    )
    gcloud.chmod(0o755)
    script = page.set_up_block() + "coordinator POST /start '{\"force\": true}'\n"

    answer = subprocess.run(
        ["bash", "-eu", "-c", script],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "NO_PROXY": "*"},
        capture_output=True,
        text=True,
        timeout=30,
    )

    server.server_close()
    assert answer.stdout.split() == ["202"], answer.stderr
    ((method, path, token, body),) = Recorder.asked
    assert (method, path, body) == ("POST", "/start", b'{"force": true}')
    assert token.startswith("Bearer token_of_auth_print-identity-token")
    assert "--audiences=https://prediction-coordinator.nba-props-platform.internal" in token
    assert "--impersonate-service-account=phase5-operator@nba-props-platform.iam.gserviceaccount.com" in token


# Names, links and times


def test_every_name_in_code_font_is_a_name_of_the_system():
    columns = {name for table in tables().values() for name in table.columns}
    relations = {part for name in tables() for part in (name, name.partition(".")[2])}
    aliases = set(re.findall(r"AS (\w+)", "\n".join(sql for _, sql in QUERIES)))
    functions = set(re.findall(r"^(\w+)\(\)", page.set_up_block(), re.MULTILINE))
    commands = set(cli.commands)
    known = alert_sources.texts() | columns | relations | aliases | functions | commands
    named = {span for span in page.spans() if re.fullmatch(r"[a-z][a-z0-9_.]*(?<!\.sh)", span)}

    assert named - known == set()


def test_the_table_of_the_morning_has_every_job_at_its_time():
    jobs = [row.split("|") for row in script_settings.rows('printf "%s\\n" "${JOBS[@]}"')]
    rows = {row[0]: row[1:] for row in page.table("The morning, by the clock", "job") if "-" in row[0]}

    assert rows.keys() == {name for name, *_ in jobs}
    for name, _, path, schedule, *_ in jobs:
        minute, hour, *_ = schedule.split()
        first = "00" if minute.startswith("*/") else minute.zfill(2)
        at, does = rows[name]
        assert f"{hour.partition('-')[0]}:{first} PT" in at
        assert path in does


def test_every_pacific_time_stands_beside_the_eastern_one():
    pacific = re.findall(r"\d:\d\d PT", page.text)
    pairs = re.findall(r"(\d+):(\d\d) PT \((\d+):(\d\d) ET\)", page.text)

    assert len(pairs) == len(pacific)
    assert all(int(east) - int(west) == 3 and m == n for west, m, east, n in pairs)

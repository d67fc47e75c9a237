"""The monitoring watches what is really logged: events, fields, kinds, states, and metrics that there are."""

import ast
import json
import re
from collections import defaultdict

import alert_sources
import pytest
import yaml
from docs_page import ROOT

from predictions.coordinator.snapshot import State
from shared.outcomes import Outcome

FOLDER = ROOT / "bin" / "monitoring"
METRICS = {p.stem: yaml.safe_load(p.read_text("utf-8")) for p in sorted((FOLDER / "metrics").glob("*.yaml"))}
POLICIES = {p.stem: json.loads(p.read_text("utf-8")) for p in sorted((FOLDER / "policies").glob("*.json"))}
DASHBOARD = (FOLDER / "dashboard.json").read_text("utf-8")
NAMED = r"user[/_]nba_props_([a-z0-9_]+?)(?:_(?:sum|count))?(?=[\\\"{ ])"


def event_of(metric: str) -> str:
    (event,) = re.findall(r'jsonPayload\.event_name="(\w+)"', METRICS[metric]["filter"])
    return str(event)


def logged_fields() -> dict[str, set[str]]:
    """The fields that each event is logged with, as far as they are written down with it."""
    found: dict[str, set[str]] = defaultdict(set)
    calls = [node for tree in alert_sources.TREES for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for call in calls:
        named = [keyword.value for keyword in call.keywords if keyword.arg == "event_name"]
        texts = [part.value for value in named for part in ast.walk(value) if isinstance(part, ast.Constant)]
        for name in texts:
            found[name] |= {keyword.arg for keyword in call.keywords if keyword.arg}
    found["shard_forecast"] |= {f"players_{outcome.value}" for outcome in Outcome}
    return found


@pytest.mark.parametrize("metric", METRICS)
def test_the_event_of_a_metric_is_logged_with_every_field_that_the_metric_reads(metric):
    extractors = [
        *METRICS[metric].get("labelExtractors", {}).values(),
        METRICS[metric].get("valueExtractor", ""),
    ]

    fields = set(re.findall(r"EXTRACT\(jsonPayload\.(\w+)\)", " ".join(extractors)))

    logged = logged_fields()
    assert event_of(metric) in logged
    assert fields - logged[event_of(metric)] == set()


@pytest.mark.parametrize("metric", METRICS)
def test_a_metric_reads_every_label_that_it_has(metric):
    labels = {label["key"] for label in METRICS[metric]["metricDescriptor"].get("labels", [])}

    assert labels == set(METRICS[metric].get("labelExtractors", {}))


@pytest.mark.parametrize("policy", POLICIES)
def test_a_policy_watches_metrics_that_there_are_and_is_explained_by_what_there_is(policy):
    text = json.dumps(POLICIES[policy])

    assert set(re.findall(NAMED, text)) - set(METRICS) == set()
    assert re.findall(NAMED, text) or "cloud_scheduler_job" in text
    named = set(re.findall(r"`(\w+)`", POLICIES[policy]["documentation"]["content"]))
    assert named - set(alert_sources.alert_kinds()) - set(alert_sources.log_lines()) == set()


def test_the_kinds_that_a_policy_picks_out_can_be_raised():
    picked = re.findall(r"one_of\((.*?)\)", " ".join(json.dumps(p) for p in POLICIES.values()))
    kinds = set(re.findall(r"\w+", picked[0]))

    assert kinds == {kind for kind in alert_sources.alert_kinds() if kind.endswith("publish_failed")}


def test_every_metric_is_on_the_dashboard_and_none_that_there_is_not():
    assert set(re.findall(NAMED, DASHBOARD)) == set(METRICS)


def test_the_states_in_which_a_slate_can_end_are_those_that_the_metric_says():
    (label,) = METRICS["slates_finished"]["metricDescriptor"]["labels"]

    assert set(re.findall(r"\w+", label["description"])) - {"or"} == {s.value for s in State if s.is_finished}

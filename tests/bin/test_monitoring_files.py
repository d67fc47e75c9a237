"""The files of bin/monitoring are what the platform's own program takes them for, to the last field."""

import json
import subprocess
from pathlib import Path

import pytest
import yaml
from real_programs import ABSENCE, GCLOUD, without_account
from scripts_cloud import ROOT

pytestmark = pytest.mark.gcloud

FOLDER = ROOT / "bin" / "monitoring"
# Run by gcloud's own Python, with its own classes: prints what does not fit, a line a fault.
CHECK = """
import json, sys
root = sys.argv[1]
sys.path[:0] = [root + "/lib", root + "/lib/third_party"]
from apitools.base.py import encoding
from googlecloudsdk.generated_clients.apis.logging.v2 import logging_v2_messages
from googlecloudsdk.generated_clients.apis.monitoring.v1 import monitoring_v1_messages
from googlecloudsdk.generated_clients.apis.monitoring.v3 import monitoring_v3_messages
KINDS = {
    "metric": logging_v2_messages.LogMetric,
    "policy": monitoring_v3_messages.AlertPolicy,
    "dashboard": monitoring_v1_messages.Dashboard,
}
def unknown(message, where):
    for field in message.all_unrecognized_fields():
        yield where + "." + str(field)
    for field in message.all_fields():
        value = getattr(message, field.name)
        for one in value if isinstance(value, list) else [value]:
            if hasattr(one, "all_unrecognized_fields"):
                yield from unknown(one, where + "." + field.name)
for kind, name, content in json.load(sys.stdin):
    try:
        faults = list(unknown(encoding.JsonToMessage(KINDS[kind], json.dumps(content)), name))
    except Exception as error:
        faults = [name + ": " + str(error)]
    for fault in faults:
        print(fault)
"""


def declared() -> list[tuple[str, str, dict[str, object]]]:
    metrics = [("metric", p.name, yaml.safe_load(p.read_text())) for p in (FOLDER / "metrics").glob("*.yaml")]
    policies = [("policy", p.name, json.loads(p.read_text())) for p in (FOLDER / "policies").glob("*.json")]
    dashboard = json.loads((FOLDER / "dashboard.json").read_text())
    return [*metrics, *policies, ("dashboard", "dashboard.json", dashboard)]


@pytest.fixture(scope="module")
def sdk(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """gcloud's Python and where its classes lie."""
    if GCLOUD is None:
        pytest.skip(ABSENCE)
    environment = without_account(tmp_path_factory.mktemp("gcloud"))
    keys = "value(basic.python_location,installation.sdk_root)"
    told = subprocess.check_output([GCLOUD, "info", f"--format={keys}"], env=environment, text=True)
    python, root = told.split()
    if not (Path(root) / "lib/googlecloudsdk/generated_clients/apis/monitoring/v3").is_dir():
        pytest.skip(
            "the installed gcloud does not have the classes of the monitoring where they are looked for"
        )
    return python, root


def faults(sdk: tuple[str, str], things: list[tuple[str, str, dict[str, object]]]) -> list[str]:
    python, root = sdk
    done = subprocess.run(
        [python, "-c", CHECK, root], input=json.dumps(things), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_no_file_has_a_field_or_a_word_that_the_platform_does_not_know(sdk: tuple[str, str]) -> None:
    assert faults(sdk, declared()) == []


def test_an_unknown_field_and_an_unknown_word_would_be_noticed(sdk: tuple[str, str]) -> None:
    wrong: list[tuple[str, str, dict[str, object]]] = [
        ("policy", "a", {"combiner": "OR", "conditions": [{"conditionThreshold": {"treshold": 1}}]}),
        ("policy", "b", {"combiner": "XOR"}),
        ("metric", "c", {"metricDescriptor": {"metricKind": "DELTA", "valueTyp": "INT64"}}),
    ]

    assert [fault[0] for fault in faults(sdk, wrong)] == ["a", "b", "c"]

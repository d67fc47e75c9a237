"""The way from an empty project to a slate is whole: pasted in order it runs; it says what scripts do."""

import os
import re
import shlex
import subprocess
import sys
from ast import Import, ImportFrom, parse, walk
from itertools import pairwise

import pytest
import script_settings
from docs_page import DEPLOY_GUIDE as page
from docs_page import PAGES, ROOT

OPERATORS = "user:ann@example.com group:oncall@example.com"
VIEWERS = "domain:example.com"
SECRET = "nba-alert-urls"
AGENT = "serviceAccount:service-1@gcp-sa-pubsub.iam.gserviceaccount.com"
PROXY = "serviceAccount:service-1@gcp-sa-iap.iam.gserviceaccount.com"
# The API behind each group of gcloud's commands; the others need none that a new project lacks.
APIS = {
    "artifacts": "artifactregistry",
    "auth": "iamcredentials",  # to sign as the operator
    "builds": "cloudbuild",
    "iam": "iam",
    "logging": "logging",
    "monitoring": "monitoring",
    "projects": "cloudresourcemanager",
    "pubsub": "pubsub",
    "run": "run",
    "scheduler": "cloudscheduler",
    "secrets": "secretmanager",
}
WITHOUT_API = {"alpha", "beta", "config", "services"}
CLIENTS = {
    "google.cloud.bigquery": "bigquery",
    "google.cloud.bigquery_storage_v1": "bigquerystorage",
    "google.cloud.pubsub_v1": "pubsub",
}


# Followed from top to bottom


def test_pasted_in_order_every_command_of_the_guide_works(followed):
    assert followed.result.returncode == 0, followed.result.stderr


def test_the_project_is_ready_before_anything_is_deployed_and_deployed_before_the_first_slate(followed):
    programs = [" ".join(call[:3]) for call in followed.calls]
    order = [
        "gcloud services enable",
        "gcloud beta services",
        "gcloud secrets create",
        "bin/deploy_all.sh --dry-run",
        "bin/deploy_all.sh",
        ".venv/bin/nba-props export --date",
    ]

    places = [programs.index(start) for start in order]

    assert all(earlier < later for earlier, later in pairwise(places))


def test_the_files_of_the_first_slate_are_loaded_as_the_export_says(followed):
    loads = [call for call in followed.of("bq") if "load" in call]
    printed = re.findall(r"^bq (load .*)$", followed.result.stdout, re.MULTILINE)

    assert [call[call.index("load") :] for call in loads] == [shlex.split(line) for line in printed]
    assert len(loads) == 2


def test_phase_4_is_asked_to_run_through_the_operator(followed):
    asked = [call[call.index("--request") + 1] for call in followed.of("curl")]
    tokens = [call for call in followed.of("gcloud") if call[1:3] == ["auth", "print-identity-token"]]

    assert asked == ["POST", "GET"]
    assert all("--impersonate-service-account=phase5-operator@" in " ".join(call) for call in tokens)


def test_nothing_that_is_pasted_leaves_a_file_in_the_tree_which_must_be_as_committed(followed):
    assert followed.left == []


# What the project must have switched on


@pytest.fixture
def enabled(followed) -> set[str]:
    (call,) = [call for call in followed.of("gcloud") if call[1:3] == ["services", "enable"]]
    return {word.removesuffix(".googleapis.com") for word in call[3:] if not word.startswith("--")}


@pytest.fixture(scope="module")
def groups(followed) -> set[str]:
    """The groups of gcloud's commands that the guide, the runbook and a first deployment use."""
    dry_run = subprocess.run(
        [ROOT / "bin/deploy_all.sh", "--dry-run"],
        env={"PATH": os.environ["PATH"], "COMMIT": "abc1234", "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=True,
    )
    printed = re.findall(r"^(?:\w+=\$\()?gcloud ([a-z]+)", dry_run.stdout, re.MULTILINE)
    written = [line.words[1] for p in PAGES for line in p.commands() if "gcloud" in line.words[:1]]
    return {*printed, *written, *(call[1] for call in followed.of("gcloud"))}


def test_every_api_whose_commands_the_scripts_and_the_pages_use_is_enabled(groups, enabled):
    assert groups == APIS.keys() | WITHOUT_API
    assert {*APIS.values(), "bigquery", "storage"} <= enabled  # bq, and the sources of a build


def test_every_api_that_the_services_call_is_enabled(enabled):
    imported = set()
    for path in (ROOT / "shared").rglob("*.py"):
        for node in walk(parse(path.read_text("utf-8"))):
            if isinstance(node, Import):
                imported |= {name.name for name in node.names}
            elif isinstance(node, ImportFrom) and node.module:
                imported |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}

    clients = imported & CLIENTS.keys()

    assert clients == CLIENTS.keys()
    assert {CLIENTS[client] for client in clients} <= enabled


# What is yours to decide


def test_the_defaults_of_the_table_are_those_of_the_scripts():
    rows = page.table("2. What is yours to decide", "variable")
    said = {}
    for variables, _, defaults in rows:
        names, values = re.findall(r"`([A-Z_]+)`", variables), re.findall(r"`([^`]+)`", defaults)
        said |= dict(zip(names, values or [""] * len(names), strict=True))

    assert {
        "PROJECT_ID",
        "REGION",
        "BIGQUERY_LOCATION",
        "OPERATORS",
        "ALERT_URLS_SECRET",
        "ALERT_URLS_CRITICAL_SECRET",
        "ALERT_URLS_WARNING_SECRET",
        "CONSOLE_VIEWERS",
        "CONSOLE_OPERATORS",
        "MONITORING_CHANNELS",
    } == said.keys()
    assert said == {name: script_settings.default(name) for name in said}


def test_the_names_that_are_exported_are_settings():
    exported = {
        name
        for _, block in page.blocks("sh")
        for line in re.findall(r"^export (.*)$", block, re.MULTILINE)
        for name in re.findall(r"(?:^| )([A-Z_]+)=", line)
    }

    assert exported >= {"PROJECT_ID", "OPERATORS", "ALERT_URLS_SECRET"}
    assert exported - script_settings.names() == set()


# What the steps are


def test_the_table_of_the_steps_has_the_scripts_that_deploy_all_calls_in_its_order():
    text = (ROOT / "bin/deploy_all.sh").read_text("utf-8")
    called = re.findall(r'"\$BIN/(\S+\.sh)"', text)

    steps = [row[0].strip("`").split()[0] for row in page.table("3. Look, then deploy", "step")]

    assert steps == [f"bin/{script}" for script in called]


# Who may do what


def granted() -> set[tuple[str, str, str]]:
    """Return every right that the scripts give: member, role, thing."""
    found = set()
    for row in script_settings.rows(
        "token_rows; publisher_rows; subscriber_rows; viewer_rows; "
        'for row in "${SERVICES[@]}"; do name=${row%%|*}; rights_rows "$(runs_as "$name")"; '
        'invoker_rows "$name"; done',
        OPERATORS=OPERATORS,
        ALERT_URLS_SECRET=SECRET,
        CONSOLE_VIEWERS=VIEWERS,
    ):
        _, thing, role, member = row.split("|")
        found.add((short(member), role.removeprefix("roles/"), short(thing)))
    for row in script_settings.rows('printf "%s\\n" "${DATASET_GRANTS[@]}"'):
        service, role, dataset = row.split("|")
        found.add((service, f"bigquery.{role}", dataset))
    return found


def short(name: str) -> str:
    """Return the name of an account of the project without what all of them have in common."""
    return name.removeprefix("serviceAccount:").partition("@nba-props-platform.")[0]


VERBS = {
    "run queries": "bigquery.jobUser",
    "read": "bigquery.dataViewer",
    "write": "bigquery.dataEditor",
    "publish to": "pubsub.publisher",
    "subscribe to": "pubsub.subscriber",
    "read the alert secret": "secretmanager.secretAccessor",
    "call": "run.invoker",
    "sign as": "iam.serviceAccountTokenCreator",
    "look at topics and subscriptions": "pubsub.viewer",
    "pass the proxy of": "iap.httpsResourceAccessor",
}
THINGS = {
    "run queries": ["nba-props-platform"],
    "read the alert secret": [SECRET],
    "look at topics and subscriptions": ["nba-props-platform"],
}


def test_the_table_of_the_accounts_says_exactly_what_the_scripts_grant():
    members = {
        "Pub/Sub's own agent": [short(AGENT)],
        "Identity-Aware Proxy's own agent": [short(PROXY)],
        "members of `OPERATORS`": OPERATORS.split(),
        "members of `CONSOLE_VIEWERS`": VIEWERS.split(),
    }
    said = set()
    for account, rights in page.table("Who may do what", "account"):
        for right in rights.split("; "):
            verb = right.partition(" `")[0]
            things = THINGS.get(verb) or re.findall(r"`([^`]+)`", right)
            for member in members.get(account, [account.strip("`")]):
                said |= {(member, VERBS[verb], thing) for thing in things}

    assert said == granted()

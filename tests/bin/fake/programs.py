"""`gcloud`, `bq` and `curl` as far as the scripts use them, on a cloud in one JSON file.

FAKE_CLOUD names a folder: `state.json` holds what exists, and each call is appended to `calls.jsonl`. Flags
that it does not know are refused, as the real programs do. The state may also say `refuse` (a part of the
command lines that are not permitted), `unsettled` (how often a new service account is still not known) and
`answers` (what curl gets, by URL).
"""

import json
import sys

from iam import bind, create_account, of_proxy, policy
from services import build, deploy, deploy_behind_proxy, revisions, route
from store import Json, Refused, load, record, save
from things import create, describe, list_all, push_config, set_job_state, update
from watching import (
    create_dashboard,
    create_metric,
    create_policy,
    list_watching,
    update_dashboard,
    update_metric,
    update_policy,
)


def main(program: str, arguments: list[str]) -> int:
    state = load()
    before = json.dumps(state)
    record([program, *arguments])
    try:
        if state.get("refuse", "\0") in " ".join([program, *arguments]):
            raise Refused("PERMISSION_DENIED: the caller does not have permission (or it may not exist).")
        answer = {"gcloud": gcloud, "bq": _bq, "curl": curl}[program](state, arguments)
    except Refused as refused:
        if program == "bq":  # on standard output, unlike gcloud
            sys.stdout.write(f"BigQuery error in show operation: {refused}\n")
        else:
            sys.stderr.write(f"ERROR: (gcloud.{arguments[0]}) {refused}\n")
        return 1
    save(state, before)
    sys.stdout.write((answer if isinstance(answer, str) else json.dumps(answer)) + "\n")
    return 0


def gcloud(state: Json, arguments: list[str]) -> object:
    words = [a for a in arguments if not a.startswith("--")]
    flags: dict[str, str] = {}
    for argument in arguments:
        if argument.startswith("--"):
            name, _, value = argument.partition("=")
            flags[name] = value
    for name in ("--project", "--location", "--region"):
        flags.pop(name, None)
    shown = flags.pop("--format", "json")
    for length in range(len(words), 0, -1):
        if handler := COMMANDS.get(" ".join(words[:length])):
            answer = handler(state, flags, *words[length:])
            if flags:
                raise Refused(f"unrecognized arguments: {' '.join(flags)}")
            return _formatted(answer, shown)
    raise Refused(f"Invalid choice: '{' '.join(words)}'.")


def _formatted(answer: object, shown: str) -> object:
    if shown == "json":
        return answer
    for key in shown.removeprefix("value(").removesuffix(")").split("."):
        answer = answer[key]
    return str(answer)


def _token(state: Json, flags: dict[str, str]) -> str:
    flags.pop("--include-email")
    return f"token-for {flags.pop('--audiences')} as {flags.pop('--impersonate-service-account')}"


def _account(state: Json, flags: dict[str, str], name: str) -> Json:
    email = f"{name}@nba-props-platform.iam.gserviceaccount.com"
    return create("accounts", "{}")(state, flags, email)


COMMANDS = {
    "projects describe": lambda state, flags, name: {"projectNumber": "123456789012"},
    "projects get-iam-policy": policy("project"),
    "projects add-iam-policy-binding": bind("project"),
    "iam service-accounts describe": describe("accounts"),
    "iam service-accounts create": create_account,
    "iam service-accounts get-iam-policy": policy("accounts"),
    "iam service-accounts add-iam-policy-binding": bind("accounts"),
    "pubsub topics describe": describe("topics"),
    "pubsub topics create": create("topics", "projects/nba-props-platform/topics/{}"),
    "pubsub topics update": update("topics"),
    "pubsub topics list": list_all("topics"),
    "pubsub topics get-iam-policy": policy("topics"),
    "pubsub topics add-iam-policy-binding": bind("topics"),
    "pubsub subscriptions describe": describe("subscriptions"),
    "pubsub subscriptions create": create(
        "subscriptions", "projects/nba-props-platform/subscriptions/{}", state="ACTIVE"
    ),
    "pubsub subscriptions update": update("subscriptions"),
    "pubsub subscriptions list": list_all("subscriptions"),
    "pubsub subscriptions modify-push-config": push_config,
    "pubsub subscriptions get-iam-policy": policy("subscriptions"),
    "pubsub subscriptions add-iam-policy-binding": bind("subscriptions"),
    "scheduler jobs describe": describe("jobs"),
    "scheduler jobs create http": create(
        "jobs", "projects/nba-props-platform/locations/us-west2/jobs/{}", state="ENABLED", httpTarget={}
    ),
    "scheduler jobs update http": update("jobs"),
    "scheduler jobs pause": set_job_state("PAUSED"),
    "scheduler jobs resume": set_job_state("ENABLED"),
    "scheduler jobs list": list_all("jobs"),
    "run services describe": describe("services"),
    "run services get-iam-policy": policy("services"),
    "run services add-iam-policy-binding": bind("services"),
    "run services update-traffic": route,
    "run deploy": deploy,
    "beta run deploy": deploy_behind_proxy,
    "beta iap web get-iam-policy": of_proxy(policy),
    "beta iap web add-iam-policy-binding": of_proxy(bind),
    "run revisions list": revisions,
    "artifacts repositories describe": describe("repositories"),
    "artifacts repositories create": create("repositories", "{}"),
    "artifacts docker images describe": describe("images"),
    "builds submit": build,
    "secrets get-iam-policy": policy("secrets"),
    "secrets add-iam-policy-binding": bind("secrets"),
    "auth print-identity-token": _token,
    "logging metrics list": list_watching("metrics"),
    "logging metrics create": create_metric,
    "logging metrics update": update_metric,
    "alpha monitoring policies list": list_watching("policies of alerts"),
    "alpha monitoring policies create": create_policy,
    "alpha monitoring policies update": update_policy,
    "monitoring dashboards list": list_watching("dashboards"),
    "monitoring dashboards create": create_dashboard,
    "monitoring dashboards update": update_dashboard,
}


def _bq(state: Json, arguments: list[str]) -> object:
    from bigquery import bq  # it needs `re`, which the others need not wait for

    return bq(state, arguments)


def curl(state: Json, arguments: list[str]) -> str:
    url = arguments[-1]
    has_token = "--header" in arguments and sys.stdin.read().startswith(
        "Authorization: Bearer token-for https:"
    )
    answers = state.get("answers", {})
    return str(answers.get(url, 200) if has_token else answers.get(f"{url} without a token", 403))

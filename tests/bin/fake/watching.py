"""Log-based metrics, alert policies and dashboards: each is made of a file."""

import json
import os
import subprocess

from store import Json, Refused, get, things

PROJECT = "projects/nba-props-platform"
# What the platform does not show: what is empty, or what everything is unless something else is said.
SILENT = (None, "", 0, [], {})
TO_JSON = "import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin)))"


def _content(path: str) -> Json:
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if path.endswith(".json"):
        return json.loads(text)
    command = [os.environ["PYTHON"], "-c", TO_JSON]  # this interpreter has no packages
    return json.loads(subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout)


def _shown(value: object) -> object:
    if isinstance(value, dict):
        return {key: _shown(one) for key, one in value.items() if one not in SILENT}
    return [_shown(one) for one in value] if isinstance(value, list) else value


def list_watching(kind: str):
    return lambda state, flags: list(things(state, kind).values())


def create_metric(state: Json, flags: dict[str, str], name: str) -> Json:
    if name in things(state, "metrics"):
        raise Refused(f"ALREADY_EXISTS: Metric {name} already exists.")
    content = _shown(_content(flags.pop("--config-from-file")))
    things(state, "metrics")[name] = {"name": name, "createTime": "2026-01-15T00:00:00Z", **content}
    return things(state, "metrics")[name]


def update_metric(state: Json, flags: dict[str, str], name: str) -> Json:
    get(state, "metrics", name).update(_shown(_content(flags.pop("--config-from-file"))))
    return get(state, "metrics", name)


def create_policy(state: Json, flags: dict[str, str]) -> Json:
    name = f"{PROJECT}/alertPolicies/{len(things(state, 'policies of alerts')) + 1}"
    return _put_policy(state, flags, name, "--notification-channels")


def update_policy(state: Json, flags: dict[str, str], name: str) -> Json:
    get(state, "policies of alerts", name)
    return _put_policy(state, flags, name, "--set-notification-channels")


def _put_policy(state: Json, flags: dict[str, str], name: str, told: str) -> Json:
    policy = {"name": name, "enabled": True, **_shown(_content(flags.pop("--policy-from-file")))}
    for number, condition in enumerate(policy["conditions"]):
        condition["name"] = f"{name}/conditions/{number}"
    if channels := flags.pop(told, ""):
        policy["notificationChannels"] = channels.split(",")
    things(state, "policies of alerts")[name] = policy
    return policy


def create_dashboard(state: Json, flags: dict[str, str]) -> Json:
    name = f"{PROJECT}/dashboards/{len(things(state, 'dashboards')) + 1}"
    content = _shown(_content(flags.pop("--config-from-file")))
    things(state, "dashboards")[name] = {"name": name, **content, "etag": "1"}
    return things(state, "dashboards")[name]


def update_dashboard(state: Json, flags: dict[str, str], name: str) -> Json:
    there = get(state, "dashboards", name)
    content = _shown(_content(flags.pop("--config-from-file")))
    if content.pop("etag", "") != there["etag"]:
        raise Refused("ABORTED: the etag is not that of the dashboard.")
    things(state, "dashboards")[name] = {"name": name, **content, "etag": str(int(there["etag"]) + 1)}
    return things(state, "dashboards")[name]

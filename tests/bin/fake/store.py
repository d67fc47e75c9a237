"""What exists: one JSON file, read and written by each call."""

import json
import os

Json = dict
FOLDER = os.environ["FAKE_CLOUD"]
STATE = os.path.join(FOLDER, "state.json")
CALLS = os.path.join(FOLDER, "calls.jsonl")


class Refused(Exception):
    """The message that a program ends with."""


def load() -> Json:
    try:
        with open(STATE, encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return {}


def save(state: Json, before: str = "") -> None:
    after = json.dumps(state)
    if after != before:
        with open(STATE, "w", encoding="utf-8") as file:
            file.write(after)


def record(call: list[str]) -> None:
    with open(CALLS, "a", encoding="utf-8") as calls:
        calls.write(json.dumps(call) + "\n")


def things(state: Json, kind: str) -> Json:
    return state.setdefault(kind, {})


def get(state: Json, kind: str, name: str) -> Json:
    if name not in things(state, kind):
        if kind == "services":
            raise Refused(f"Cannot find service [{name}]")
        if kind == "images":
            raise Refused("Image not found.")
        raise Refused(f"NOT_FOUND: Resource not found (resource={name}).")
    return things(state, kind)[name]

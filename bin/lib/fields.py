"""Print fields of the JSON on standard input, a line for each path; an empty one for what is absent.

A path looks like `spec.containers[0].env[name=BUILD].value`: keys, positions, and the first entry of a list
whose keys have these values (an absent key has the empty value). A plain key of a list collects it from every
entry. Brackets also hold keys with dots: `annotations[run.googleapis.com/ingress]`.
"""

import json
import re
import sys

STEP = re.compile(r"\[([^\]]+)\]|([^.\[\]]+)")


def field(value: object, path: str) -> str:
    """Return a field as text: strings as they are, everything else as compact JSON, nothing if absent."""
    for bracket, key in STEP.findall(path):
        value = _step(value, bracket or key)
    if value is None or isinstance(value, str):
        return (value or "").replace("\n", " ")
    return json.dumps(value, separators=(",", ":"), sort_keys=True)


def _step(value: object, key: str) -> object:
    if isinstance(value, dict):
        return value.get(key)
    if not isinstance(value, list):
        return None
    if key.isdigit():
        return value[int(key)] if int(key) < len(value) else None
    if "=" in key:
        wanted = [pair.partition("=") for pair in key.split(",")]
        fitting = (v for v in value if all(_text(v.get(name)) == text for name, _, text in wanted))
        return next(fitting, None)
    return [found for entry in value if (found := entry.get(key)) is not None]


def _text(value: object) -> str:
    return "" if value is None else str(value)


if __name__ == "__main__":
    found = json.loads(sys.stdin.read().strip() or "{}")
    sys.stdout.writelines(f"{field(found, path)}\n" for path in sys.argv[1:])

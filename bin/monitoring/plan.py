"""Print what must change so that the monitoring is as these files have it, from what `gcloud` lists.

Called with a folder that holds `metrics.json`, `policies.json` and `dashboards.json` (the lists, as far as
they were read) and the notification channels. A row is `kind|create or update|name|file`, without a name
where the platform gives it; why stands on standard error. A thing fits if all that its file says is so: what
the platform adds to it is left alone.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
PREFIX = "nba_props_"
Found = list[dict[str, Any]]


class Ambiguous(Exception):
    """Two things have a name of ours: which of them is to be changed is for a person to say."""


def main(folder: Path, channels: list[str]) -> int:
    """Print the plan and return the exit code."""
    try:
        rows = [*metrics(_listed(folder, "metrics")), *policies(_listed(folder, "policies"), channels)]
        rows += dashboards(_listed(folder, "dashboards"), folder)
    except Ambiguous as error:
        sys.stderr.write(f"refused: {error}\n")
        return 3
    sys.stdout.writelines(f"{row}\n" for row in rows)
    return 0


def metrics(found: Found) -> Iterator[str]:
    """Plan the log-based metrics; a metric's name is that of its file behind a prefix."""
    for path in sorted((HERE / "metrics").glob("*.yaml")):
        name = PREFIX + path.stem
        there = [thing for thing in found if thing["name"] == name]
        wanted = yaml.safe_load(path.read_text("utf-8"))
        yield from _row("metric", name, path, wanted, there)


def policies(found: Found, channels: list[str]) -> Iterator[str]:
    """Plan the alert policies; each notifies exactly these channels."""
    for path in sorted((HERE / "policies").glob("*.json")):
        wanted = json.loads(path.read_text("utf-8"))
        there = _named(found, wanted["displayName"])
        for thing in there:
            thing["notificationChannels"] = sorted(thing.get("notificationChannels", []))
        wanted |= {"notificationChannels": sorted(channels)}
        yield from _row("policy", _name(there), path, wanted, there)


def dashboards(found: Found, folder: Path) -> Iterator[str]:
    """Plan the dashboard; an update has to name the version that it is made of."""
    path = HERE / "dashboard.json"
    wanted = json.loads(path.read_text("utf-8"))
    there = _named(found, wanted["displayName"])
    if there and "etag" in there[0]:
        path = folder / "dashboard.json"
        path.write_text(json.dumps(wanted | {"etag": there[0]["etag"]}), "utf-8")
    yield from _row("dashboard", _name(there), path, wanted, there)


def _row(kind: str, name: str, path: Path, wanted: object, there: Found) -> Iterator[str]:
    faults = list(_differences(wanted, there[0], "")) if there else ["does not exist"]
    for fault in faults:
        sys.stderr.write(f"{kind} {path.stem}: {fault}\n")
    if faults:
        yield f"{kind}|{'update' if there else 'create'}|{name}|{path}"


def _name(there: Found) -> str:
    return str(there[0]["name"]) if there else ""


def _named(found: Found, name: str) -> Found:
    there = [thing for thing in found if thing.get("displayName") == name]
    if len(there) > 1:
        raise Ambiguous(f"{len(there)} things are called {name!r}; delete all but one")
    return there


def _differences(wanted: object, found: object, where: str) -> Iterator[str]:
    """Say where a thing is not what its file says; what is empty or zero is not shown by the platform."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        for key, value in wanted.items():
            yield from _differences(value, found.get(key), f"{where}.{key}".lstrip("."))
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for number, (one, other) in enumerate(zip(wanted, found, strict=True)):
            yield from _differences(one, other, f"{where}[{number}]")
    elif (wanted or None) != (found or None):
        yield f"{where} is {_short(found)} and should be {_short(wanted)}"


def _short(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _listed(folder: Path, kind: str) -> Found:
    file = folder / f"{kind}.json"
    return json.loads(file.read_text("utf-8")) if file.exists() else []


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))

"""Datasets and tables, as `bq` makes and shows them."""

import re

from store import Json, Refused, things


def bq(state: Json, arguments: list[str]) -> object:
    words = [a for a in arguments if not a.startswith("--")]
    if "show" in words and arguments[-1].startswith("--"):
        raise Refused("Flags positioning error")
    match words:
        case ["show", name]:
            return _show(state, name.partition(":")[2])
        case ["mk", name]:
            things(state, "datasets")[name.partition(":")[2]] = {"access": []}
        case ["query", sql]:
            _query(state, sql)
        case _:
            raise Refused(f"Unknown command {words}")
    return ""


def _show(state: Json, name: str) -> Json:
    kind = "tables" if "." in name else "datasets"
    if name not in things(state, kind):
        raise Refused(f"Not found: {kind[:-1].title()} nba-props-platform:{name}")
    return things(state, kind)[name]


def _query(state: Json, sql: str) -> None:
    if grant := re.fullmatch(
        r"GRANT `roles/bigquery\.data(\w+)` ON SCHEMA `[^`]+\.(\w+)` TO 'serviceAccount:(.*)'", sql
    ):
        old = {"Editor": "WRITER", "Viewer": "READER"}[grant[1]]
        _show(state, grant[2])["access"].append({"role": old, "userByEmail": grant[3]})
    elif added := re.fullmatch(r"ALTER TABLE (\S+) ADD COLUMN IF NOT EXISTS (\w+) (.*)", sql):
        _show(state, added[1])["schema"]["fields"].append(_field(added[2], added[3]))
    elif created := re.match(r"CREATE TABLE IF NOT EXISTS (\S+) \((.*?)\n\)\n(.*)", sql, re.DOTALL):
        things(state, "tables").setdefault(created[1], _table(created[2], created[3]))
    elif created := re.match(r"CREATE OR REPLACE VIEW (\S+) AS\n(.*)", sql, re.DOTALL):
        things(state, "tables")[created[1]] = {"type": "VIEW", "view": {"query": created[2]}}
    else:
        raise Refused(f"Syntax error: {sql[:60]}")


def _table(columns: str, layout: str) -> Json:
    declared = re.findall(r"^  (\w+) ([\w<>]+)( NOT NULL)?,?$", columns, re.MULTILINE)
    unit, field = re.search(r"PARTITION BY (?:DATE_TRUNC\((?=\w+, (\w+)))?(\w+)", layout).groups()
    table: Json = {
        "type": "TABLE",
        "schema": {"fields": [_field(name, kind, bool(required)) for name, kind, required in declared]},
        "timePartitioning": {"type": unit or "DAY", "field": field},
    }
    if clusters := re.search(r"CLUSTER BY ([\w, ]+)", layout):
        table["clustering"] = {"fields": clusters[1].split(", ")}
    return table


def _field(name: str, kind: str, is_required: bool = False) -> Json:
    plain = kind.removeprefix("ARRAY<").removesuffix(">")
    old = {"INT64": "INTEGER", "FLOAT64": "FLOAT", "BOOL": "BOOLEAN"}.get(plain, plain)
    mode = "REPEATED" if plain != kind else "REQUIRED" if is_required else "NULLABLE"
    return {"name": name, "type": old, "mode": mode}

"""What the code says, by its own text: the alerts that it can raise and the lines that it can log."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SEVERITIES = frozenset({"info", "warning", "critical"})
_SERVICES = ("predictions", "data_processors", "shared")
_LEVELS = {"exception": "error"}


def _trees() -> Iterator[ast.Module]:
    for folder in _SERVICES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield ast.parse(path.read_text("utf-8"), str(path))


TREES = list(_trees())


class Unresolved(AssertionError):
    """An alert is raised in a way that this module does not follow: teach it, or write the kind there."""


def alert_kinds() -> dict[str, frozenset[str]]:
    """Return the severities of each kind of alert that the services can raise.

    Followed are `Notice(kind, severity, ...)`, `raise_once(slate, kind, severity, ...)` and the methods that
    pass a kind on to it; a kind is a text or a constant of its module.
    """
    found: dict[str, set[str]] = defaultdict(set)
    forwarders = {name: severities for tree in TREES for name, severities in _forwarders(tree).items()}
    for tree in TREES:
        constants = _constants(tree)
        for call in _calls(tree, "Notice"):
            found[_text(call.args[0], constants)] |= _severities(call.args[1])
        for name, severities in forwarders.items():
            for call in _calls(tree, name):
                found[_text(call.args[1], constants)] |= severities
    return {kind: frozenset(severities) for kind, severities in found.items()}


def log_lines() -> dict[str, frozenset[str]]:
    """Return the severities with which each event name can be logged."""
    found: dict[str, set[str]] = defaultdict(set)
    for tree in TREES:
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            for keyword in call.keywords:
                if keyword.arg == "event_name" and isinstance(keyword.value, ast.Constant):
                    level = call.func.attr if isinstance(call.func, ast.Attribute) else "any"
                    found[keyword.value.value].add(_LEVELS.get(level, level))
    return {name: frozenset(levels) for name, levels in found.items()}


def texts() -> set[str]:
    """Return every text of the code, and every name of a parameter, attribute or key in it."""
    found = set()
    for node in (node for tree in TREES for node in ast.walk(tree)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
        elif isinstance(node, ast.keyword | ast.arg) and node.arg:
            found.add(node.arg)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
    return found


def _forwarders(tree: ast.Module) -> dict[str, frozenset[str]]:
    """Return the methods that raise an alert of the kind that they are given, with its severities."""
    found = {}
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        for call in _calls(function, "raise_once"):
            kind, severity = call.args[1], call.args[2]
            if ast.unparse(kind) == "notice.kind" and ast.unparse(severity) == "notice.severity":
                continue  # whoever made the notice has said both
            if not (isinstance(kind, ast.Name) and kind.id in {arg.arg for arg in function.args.args}):
                raise Unresolved(f"raise_once({ast.unparse(kind)}, ...) in {function.name}")
            found[function.name] = frozenset(_severities(severity))
    return found


def _calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == name:
            yield node


def _constants(tree: ast.Module) -> dict[str, str]:
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value.value, str)
    }


def _text(node: ast.expr, constants: dict[str, str]) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.Name) and node.id in constants:
        return constants[node.id]
    raise Unresolved(
        f"line {node.lineno}: the kind {ast.unparse(node)} is not a text or a constant of its module"
    )


def _severities(node: ast.expr) -> set[str]:
    found = {
        part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and part.value in SEVERITIES
    }
    if not found:
        raise Unresolved(f"line {node.lineno}: the severity {ast.unparse(node)} is not written there")
    return found

"""Named SQL files: GoogleSQL, parameters declared in the header, shared parts included by name.

A header line `-- @name TYPE` declares a parameter. `{other}` in the text stands for the body of
other.sql in the same folder, so that a definition two queries need is written once; its parameters
are declared there and inherited.
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from shared.errors import DataContractViolation
from shared.ports import Statement

_PARAMETER = re.compile(r"^-- @(\w+) ([A-Z0-9<>]+)", re.MULTILINE)
_INCLUDE = re.compile(r"\{(\w+)\}")
_COMMENT = re.compile(r"^--.*\n", re.MULTILINE)


@cache
def load_statement(package: str, name: str) -> Statement:
    """Read `name`.sql from the folder `sql` of a package, with what it includes."""
    text = (resources.files(package) / "sql" / f"{name}.sql").read_text("utf-8")
    parameters = dict(_PARAMETER.findall(text))
    body = _COMMENT.sub("", text).strip()
    for included in _INCLUDE.findall(body):
        part = load_statement(package, included)
        parameters |= part.parameters
        body = body.replace(f"{{{included}}}", part.sql)
    return Statement(name, body, parameters)


def refuse_odd_parameters(statement: Statement, given: Mapping[str, Any]) -> None:
    """Raise DataContractViolation naming the parameters that are missing or too many."""
    odd = sorted(given.keys() ^ statement.parameters.keys())
    if odd:
        raise DataContractViolation(f"{statement.name}: parameters do not fit: {odd}")


def inline_statement(name: str, sql: str, /, **parameters: str) -> Statement:
    """Make a statement from a text, for one-off reads; types by parameter name."""
    return Statement(name, sql, parameters)

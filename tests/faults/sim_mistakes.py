"""How a mistake is put into the product while a run plays: into a statement, a view, or a method."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from shared.ports import Statement
from shared.statements import load_statement
from shared.warehouse import catalog, duckdb_warehouse
from shared.warehouse.duckdb_warehouse import DuckDBWarehouse

Mistake = Callable[[], AbstractContextManager[None]]


def in_method(owner: Any, name: str, make: Callable[[Any], Any]) -> Mistake:
    """Put in the place of a method, or of a function of a module, what is made of it."""

    @contextmanager
    def applied() -> Iterator[None]:
        with patch.object(owner, name, make(getattr(owner, name))):
            yield

    return applied


def both(first: Mistake, second: Mistake) -> Mistake:
    """Make a mistake that takes two places."""

    @contextmanager
    def applied() -> Iterator[None]:
        with first(), second():
            yield

    return applied


def in_statement(package: str, name: str, right: str, wrong: str) -> Mistake:
    """Change a text in a named statement, and in those that include it."""

    def made(run: Any) -> Any:
        _require(right, load_statement(package, name).sql)

        def changed(self: Any, cursor: Any, statement: Statement, parameters: Mapping[str, Any]) -> None:
            run(self, cursor, replace(statement, sql=statement.sql.replace(right, wrong)), parameters)

        return changed

    return in_method(DuckDBWarehouse, "_run", made)


def in_view(name: str, right: str, wrong: str) -> Mistake:
    """Change a text in the definition of a view."""

    def made(_: Any) -> Any:
        declared = catalog.tables()
        _require(right, declared[name].ddl)
        changed = replace(declared[name], ddl=declared[name].ddl.replace(right, wrong))
        return lambda: dict(declared) | {name: changed}

    return in_method(duckdb_warehouse, "tables", made)


def _require(right: str, text: str) -> None:
    if right not in text:
        raise ValueError(f"the product has changed, this mistake cannot be made any more: {right!r}")

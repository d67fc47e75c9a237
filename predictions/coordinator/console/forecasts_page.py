"""The forecasts of a slate as a table: filtered, sorted and cut into pages by what the address says. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from predictions.coordinator.console.distribution import Distribution, distribution, scale_ticks, scale_top
from predictions.coordinator.naming import plain
from shared.ports import Row

PAGE_ROWS = 100
TOP_ROWS = 10

Sort = Literal["player", "line", "p50", "p_over", "recommendation", "edge", "mean", "spread", "team"]
Calls = Literal["", "OVER", "UNDER", "PASS", "NO_LINE"]
_MOST_PAGES = 1_000
_BEGINS_WITH_LARGEST = ("line", "p50", "p_over", "edge", "mean", "spread")


class Wish(BaseModel):
    """What the address of the page asks for: an order, its direction, filters, and a page from 1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sort: Sort = "edge"
    dir: Literal["", "asc", "desc"] = ""
    q: str = Field(default="", max_length=100)
    team: str = Field(default="", max_length=20)
    recommendation: Calls = ""
    page: int = Field(default=1, ge=1, le=_MOST_PAGES)

    @property
    def is_descending(self) -> bool:
        """Say whether the largest comes first: as asked for, else as is usual for the column."""
        return self.dir == "desc" or (not self.dir and self.sort in _BEGINS_WITH_LARGEST)

    def query(self, **changes: Any) -> dict[str, Any]:
        """Return the parameters of an address that asks for this, changed; what is usual is left out."""
        wanted = self.model_copy(update=changes)
        return {k: v for k, v in wanted.model_dump().items() if v != Wish.model_fields[k].default}


@dataclass(frozen=True)
class Forecast:
    """One row of the table, and its picture."""

    row: Row
    picture: Distribution


@dataclass(frozen=True)
class Column:
    """A column that can be sorted by; `order` is its aria-sort, `query` of the address that sorts by it."""

    name: str
    title: str
    is_number: bool
    order: str
    query: Mapping[str, Any]


@dataclass(frozen=True)
class ForecastTable:
    """What is shown: of `total` forecasts those that fit the filters, and of those one page."""

    wish: Wish
    columns: tuple[Column, ...]
    forecasts: tuple[Forecast, ...]
    total: int
    fitting: int
    pages: int
    teams: tuple[str, ...]
    ticks: Sequence[tuple[float, int]]

    @property
    def first(self) -> int:
        """Return the place of the page's first row among those that fit, from 1."""
        return (self.wish.page - 1) * PAGE_ROWS + 1


_COLUMNS: tuple[tuple[Sort, str, bool], ...] = (
    ("player", "Player", False),
    ("line", "Line", True),
    ("p50", "Median", True),
    ("p_over", "P(over)", True),
    ("recommendation", "Call", False),
    ("edge", "Edge", True),
    ("mean", "Mean", True),
    ("spread", "10–90%", True),
    ("team", "Game", False),
)
_KEYS: Mapping[str, Callable[[Row], Any]] = {
    "player": lambda row: plain(row["player_name"]),
    "spread": lambda row: row["p90"] - row["p10"],
    "team": lambda row: (row["team"], row["opponent"]),
}


def forecast_table(rows: Sequence[Row], wish: Wish) -> ForecastTable:
    """Show what a wish asks for; a page beyond the last one is the last."""
    fitting = [row for row in rows if _fits(row, wish)]
    pages = max(1, -(-len(fitting) // PAGE_ROWS))
    wish = wish.model_copy(update={"page": min(wish.page, pages)})
    start = (wish.page - 1) * PAGE_ROWS
    shown = _sorted(fitting, wish)[start : start + PAGE_ROWS]
    return ForecastTable(
        wish=wish,
        columns=tuple(_column(name, title, is_number, wish) for name, title, is_number in _COLUMNS),
        forecasts=_pictured(shown),
        total=len(rows),
        fitting=len(fitting),
        pages=pages,
        teams=tuple(sorted({row["team"] for row in rows})),
        ticks=scale_ticks(scale_top(shown)),
    )


def strongest(rows: Sequence[Row]) -> ForecastTable:
    """Show the forecasts with the greatest edge, as the top of the whole table."""
    table = forecast_table(rows, Wish())
    return replace(table, forecasts=table.forecasts[:TOP_ROWS])


def _pictured(rows: Sequence[Row]) -> tuple[Forecast, ...]:
    top = scale_top(rows)
    return tuple(Forecast(row, distribution(row, top)) for row in rows)


def _fits(row: Row, wish: Wish) -> bool:
    text = plain(wish.q)
    return (
        (not wish.team or row["team"] == wish.team)
        and (not wish.recommendation or row["recommendation"] == wish.recommendation)
        and (not wish.q or (text != "" and text in plain(row["player_name"])) or text == row["player_lookup"])
    )


def _sorted(rows: Sequence[Row], wish: Wish) -> list[Row]:
    """Sort by the column, then by name; what has no value comes last in either direction."""
    key = _KEYS.get(wish.sort) or _column_of(wish.sort)
    by_name = sorted(rows, key=lambda row: str(row["player_lookup"]))
    known = [row for row in by_name if key(row) is not None]
    unknown = [row for row in by_name if key(row) is None]
    return sorted(known, key=key, reverse=wish.is_descending) + unknown


def _column_of(name: str) -> Callable[[Row], Any]:
    return lambda row: row[name]


def _column(name: Sort, title: str, is_number: bool, wish: Wish) -> Column:
    is_sorted = name == wish.sort
    order = ("descending" if wish.is_descending else "ascending") if is_sorted else "none"
    turned = ("asc" if wish.is_descending else "desc") if is_sorted else ""
    return Column(name, title, is_number, order, wish.query(sort=name, dir=turned, page=1))

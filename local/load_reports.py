"""What loading box scores and lines amounted to."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class LoadReport:
    """What was appended to the box scores."""

    rows: int
    games: int
    players: int
    first_date: date | None
    last_date: date | None

    def as_dict(self) -> dict[str, Any]:
        """Return the report as a JSON object."""
        return asdict(self)


@dataclass(frozen=True)
class LinesReport:
    """What became of a file's quotes; `without_slate` are for dates that no slate is loaded for."""

    quotes: int
    slates: int
    players_with_line: int
    newcomers: int
    unmatched: int
    without_slate: int

    def as_dict(self) -> dict[str, Any]:
        """Return the report as a JSON object."""
        return asdict(self)

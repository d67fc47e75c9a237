"""Loading the slate that a demo or a server begins with."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from local.client import StackClient
from local.loading import load_lines, load_logs, load_sample, load_slate_from_logs
from shared.clock import Clock
from shared.errors import InvalidInput
from shared.ports import Warehouse
from shared.statements import load_statement


@dataclass(frozen=True)
class SlateSource:
    """Where a slate comes from: real box scores and lines, or the sample league."""

    players: int
    logs: tuple[Path, ...] = ()
    lines: Path | None = None

    def check(self, game_date: date | None) -> None:
        """Refuse combinations that cannot work."""
        if self.logs and game_date is None:
            raise InvalidInput("--logs needs --date: the slate whose games to take")
        if self.lines and not self.logs:
            raise InvalidInput("--lines needs --logs: the sample league has lines of its own")


def holds_no_slate(warehouse: Warehouse) -> bool:
    """Say whether the store has no slate at all, be it new or its first load cut short."""
    return not warehouse.query(load_statement("local", "any_slate"))[0]["players"]


def load_slate_here(warehouse: Warehouse, clock: Clock, game_date: date, source: SlateSource) -> None:
    """Put the slate straight into a store of this process."""
    if source.logs:
        load_logs(warehouse, source.logs, clock)
        load_slate_from_logs(warehouse, game_date, clock)
    else:
        load_sample(warehouse, game_date, source.players, clock)
    if source.lines:
        load_lines(warehouse, source.lines, game_date, clock)


def load_slate(client: StackClient, game_date: date, source: SlateSource) -> None:
    """Put the slate's box scores, players and lines into the stack's store."""
    slate = {"game_date": game_date.isoformat()}
    if source.logs:
        paths = [str(path.resolve()) for path in source.logs]
        client.require(client.post("/local/logs", {"paths": paths}))
        client.require(client.post("/local/slate", slate))
    else:
        client.require(client.post("/local/slate", slate | {"players": source.players}))
    if source.lines:
        lines = {"path": str(source.lines.resolve())} | slate
        client.require(client.post("/local/lines", lines))

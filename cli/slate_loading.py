"""Loading the slate that a demo or a server begins with."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from local.client import StackClient
from shared.errors import InvalidInput


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

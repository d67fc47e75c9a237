"""What a data directory holds: the DuckDB file, the day it replays, and who is serving it."""

import os
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import orjson

from shared.clock import SystemClock
from shared.slate import morning, parse_game_date, slate_date


@dataclass(frozen=True)
class DataDir:
    """A folder that one process writes at a time."""

    path: Path

    @property
    def database(self) -> Path:
        """Return where the DuckDB file is."""
        return self.path / "nba.duckdb"

    @property
    def is_fresh(self) -> bool:
        """Say whether nothing was ever stored here."""
        return not self.database.exists()

    def clock(self, game_date: date | None) -> SystemClock:
        """Return the stack's clock: it begins at 05:00 Pacific of the slate that is replayed here.

        Time stands still while nobody runs: a restart goes on from the last write. Without a slate,
        now or earlier, the clock is the machine's own.
        """
        day = self._read("day.json")
        replayed = parse_game_date(day["game_date"]) if day else None
        wanted = game_date or replayed
        if wanted is None:
            return SystemClock()
        if day and replayed == wanted:
            stopped_at = self._last_write() + timedelta(seconds=float(str(day["offset_seconds"])))
            if slate_date(stopped_at) == wanted:
                return self._begin(wanted, stopped_at)
        return self._begin(wanted, morning(wanted))

    def _begin(self, game_date: date, moment: datetime) -> SystemClock:
        clock = SystemClock.starting_at(moment)
        day = {"game_date": game_date, "offset_seconds": clock.offset.total_seconds()}
        self._write("day.json", day)
        return clock

    def _last_write(self) -> datetime:
        times = [entry.stat().st_mtime for entry in self.path.glob("*") if entry.is_file()]
        return datetime.fromtimestamp(max(times), UTC)

    @property
    def served_at(self) -> str | None:
        """Return the URL that a serving process wrote here, alive or not."""
        serving = self._read("serving.json")
        return str(serving["url"]) if serving else None

    def announce(self, url: str) -> None:
        """Write down who serves this directory, and where."""
        self._write("serving.json", {"url": url, "pid": os.getpid(), "since": datetime.now(UTC)})

    def retract(self) -> None:
        """Remove what `announce` wrote."""
        (self.path / "serving.json").unlink(missing_ok=True)

    def _read(self, name: str) -> dict[str, object] | None:
        try:
            found = orjson.loads((self.path / name).read_bytes())
        except (FileNotFoundError, orjson.JSONDecodeError):
            return None
        return found if isinstance(found, dict) else None

    def _write(self, name: str, content: dict[str, object]) -> None:
        """Write a small file in one step, so that a reader never sees half of it."""
        self.path.mkdir(parents=True, exist_ok=True)
        draft = self.path / f".{name}.{os.getpid()}"
        draft.write_bytes(orjson.dumps(content))
        draft.replace(self.path / name)

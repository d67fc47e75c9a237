"""What a data directory holds: the DuckDB file, the day it replays, and who is serving it."""

import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

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

        Time stands still while nobody runs: each slate goes on from its last write, so that what comes
        later is always dated later. Without a slate, now or earlier, the clock is the machine's own.
        """
        day = self._read("day.json") or {}
        left = self._left(day)
        wanted = game_date or (parse_game_date(day["game_date"]) if day else None)
        if wanted is None:
            return SystemClock()
        moment = datetime.fromisoformat(left.get(wanted.isoformat(), morning(wanted).isoformat()))
        return self._begin(wanted, moment if slate_date(moment) == wanted else morning(wanted), left)

    def _left(self, day: dict[str, Any]) -> dict[str, str]:
        """Return when each slate's time stood still, the current one's from the last write."""
        if not day:
            return {}
        moment = self._last_write() + timedelta(seconds=day["offset_seconds"])
        left: dict[str, str] = day.get("left", {})
        return left | {day["game_date"]: moment.isoformat()}

    def _begin(self, game_date: date, moment: datetime, left: dict[str, str]) -> SystemClock:
        clock = SystemClock.starting_at(moment)
        offset = clock.offset.total_seconds()
        self._write("day.json", {"game_date": game_date, "offset_seconds": offset, "left": left})
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
        """Remove what `announce` wrote, if that can be done; nobody answers there any more."""
        with suppress(OSError):
            (self.path / "serving.json").unlink(missing_ok=True)

    def _read(self, name: str) -> dict[str, Any] | None:
        try:
            found = orjson.loads((self.path / name).read_bytes())
        except (FileNotFoundError, orjson.JSONDecodeError):
            return None
        return found if isinstance(found, dict) else None

    def _write(self, name: str, content: dict[str, Any]) -> None:
        """Write a small file in one step, so that a reader never sees half of it."""
        self.path.mkdir(parents=True, exist_ok=True)
        draft = self.path / f".{name}.{os.getpid()}"
        try:
            draft.write_bytes(orjson.dumps(content))
            draft.replace(self.path / name)
        finally:
            draft.unlink(missing_ok=True)

"""Turns the players who are wanted into request messages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from predictions.coordinator.planning import Closing
from predictions.coordinator.slate_store import SlateStore
from predictions.coordinator.snapshot import Snapshot
from shared.ids import request_id
from shared.messages import PredictionRequest
from shared.outcomes import Reason
from shared.ports import Row

MAIN_LINE = (0.0,)
LINES_AROUND = (0.0, -2.0, -1.0, 1.0, 2.0)

_PLAYER_FIELDS = (
    "player_lookup",
    "player_id",
    "player_name",
    "game_id",
    "team",
    "opponent",
    "is_home",
    "line",
    "line_offset",
    "line_observed_at",
    "over_odds",
    "under_odds",
    "input_id",
    "quality_score",
)


def line_offsets(use_multiple_lines: bool) -> tuple[float, ...]:
    """Return the distances from the main line, in points, that are forecast and counted as done."""
    return LINES_AROUND if use_multiple_lines else MAIN_LINE


@dataclass(frozen=True)
class Wanted:
    """Whom to act upon: rows to request, and rows that end at once with a reason."""

    requests: tuple[Row, ...]
    endings: tuple[tuple[Row, Reason], ...]

    @property
    def is_empty(self) -> bool:
        """Say whether nobody is to be acted upon (any more)."""
        return not (self.requests or self.endings)


class PlayerLoader:
    """Reads the wanted players once; what was read is void if the slate has changed since."""

    def __init__(
        self,
        store: SlateStore,
        shard_players: int,
        systems: Sequence[str],
        shadow_systems: Sequence[str] = (),
    ) -> None:
        self._store = store
        self._shard_players = shard_players
        self._systems = tuple(systems)
        self._shadow_systems = tuple(shadow_systems)

    def load_wanted(
        self,
        snapshot: Snapshot,
        min_minutes: float | None,
        force: bool,
        closing: Closing,
        only_player: str = "",
    ) -> Wanted | None:
        """Read whom to act upon, or None if the slate is no longer what the snapshot saw.

        With `only_player`, a player_lookup, nobody else.
        """
        rows = self._store.wanted(snapshot, min_minutes, force, closing, only_player)
        if rows is None:
            return None
        return Wanted(
            requests=tuple(row for row in rows if row["action"] == "request"),
            endings=tuple(
                (row, Reason.NO_HISTORY if row["action"] == "skip" else Reason.NOT_READY)
                for row in rows
                if row["action"] != "request"
            ),
        )

    def create_prediction_requests(
        self, snapshot: Snapshot, batch_id: str, rows: Sequence[Row], correlation_id: str
    ) -> Iterator[tuple[PredictionRequest, list[Row]]]:
        """Yield each shard's message with its rows; players travel with their features by name."""
        for start in range(0, len(rows), self._shard_players):
            shard = rows[start : start + self._shard_players]
            first = shard[0]
            message = PredictionRequest(
                game_date=snapshot.game_date,
                correlation_id=correlation_id,
                batch_id=batch_id,
                feature_run_id=snapshot.feature_run_id or "",
                feature_run_started_at=first["feature_run_started_at"],
                feature_version=first["feature_version"],
                feature_names=tuple(_list(first["feature_names"])),
                systems=self._systems,
                shadow_systems=self._shadow_systems,
                players=tuple(_player(batch_id, row) for row in shard),
            )
            yield message, list(shard)


def _player(batch_id: str, row: Row) -> Row:
    player = {name: row[name] for name in _PLAYER_FIELDS}
    player["features"] = _list(row["features"])
    player["request_id"] = request_id(batch_id, row["player_lookup"], row["line_offset"])
    return player


def _list(text: str | None) -> list[Any]:
    """Read a JSON list; a row without one has none."""
    return (orjson.loads(text) if text else None) or []

"""Who is in a shard: every player gets an ending, whether or not his row can be read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AwareDatetime, ConfigDict, Field, ValidationError

from shared.envelope import first_fault
from shared.ids import request_id
from shared.messages import PlayerRequest, PredictionRequest
from shared.outcomes import OUTCOME_OF, Outcome, Reason

Name = Annotated[str, Field(min_length=1)]


class Player(PlayerRequest):
    """A player request that can become a row: named, of known quality, every number finite, times aware."""

    model_config = ConfigDict(allow_inf_nan=False)

    request_id: Name
    input_id: Name
    player_lookup: Name
    line_observed_at: AwareDatetime | None = None
    quality_score: Annotated[float, Field(ge=0, le=100)]


@dataclass(frozen=True)
class Ending:
    """How one request ended: predicted when there is no reason, else what the reason stands for."""

    request_id: str
    player_lookup: str
    input_id: str
    reason: Reason | None = None
    detail: str | None = None

    @property
    def outcome(self) -> Outcome:
        """Return the outcome that the reason belongs to."""
        return Outcome.PREDICTED if self.reason is None else OUTCOME_OF[self.reason]


def ending(player: Player, reason: Reason | None = None, detail: str | None = None) -> Ending:
    """Return the ending of a player whose row could be read."""
    return Ending(player.request_id, player.player_lookup, player.input_id, reason, detail)


def read_players(request: PredictionRequest) -> tuple[list[Player], list[Ending]]:
    """Return the players that can be read, and an ending for each of the others.

    A request id that comes twice counts once, as it came first.
    """
    found: dict[str, Player | Ending] = {}
    for position, raw in enumerate(request.players):
        entry = _read(request.batch_id, position, raw)
        found.setdefault(entry.request_id, entry)
    players = [entry for entry in found.values() if isinstance(entry, Player)]
    return players, [entry for entry in found.values() if isinstance(entry, Ending)]


def _read(batch_id: str, position: int, raw: Mapping[str, Any]) -> Player | Ending:
    try:
        return Player.model_validate(raw)
    except ValidationError as error:
        return _unreadable(batch_id, position, raw, first_fault(error))


def _unreadable(batch_id: str, position: int, raw: Mapping[str, Any], fault: str) -> Ending:
    """Name a broken row as far as it names itself; one without any name goes by its position."""
    lookup = _text(raw, "player_lookup")
    offset = raw.get("line_offset")
    line_offset = float(offset) if type(offset) is float else 0.0
    derived = request_id(batch_id, lookup or f"player {position} of the shard", line_offset)
    return Ending(
        request_id=_text(raw, "request_id") or derived,
        player_lookup=lookup,
        input_id=_text(raw, "input_id"),
        reason=Reason.INVALID_REQUEST,
        detail=fault,
    )


def _text(raw: Mapping[str, Any], name: str) -> str:
    value = raw.get(name)
    return value if isinstance(value, str) else ""

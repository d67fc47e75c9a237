"""What the words of the queries mean, and what a claim carries. Values only."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from shared.features import FEATURE_NAMES, FEATURE_VERSION
from shared.outcomes import ACCEPTED_SKIPS, STAYS_WANTED

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class SlateTerms:
    """The terms of every question, from the settings.

    `alive_since`: no request or claim from before this moment can still be at work. The embedded bus
    forgets on restart; with Pub/Sub it is the epoch. `line_move_points`: a line that has moved by more than
    this since its player's forecast is another input. `systems`: those whose forecasts are judged;
    `headline_system`: the one of them whose forecast is shown first.
    """

    default_min_minutes: float = 15.0
    in_flight_seconds: int = 480
    requests_per_input: int = 3
    line_move_points: float = 0.25
    lease_seconds: int = 120
    line_offsets: tuple[float, ...] = (0.0,)
    systems: tuple[str, ...] = ()
    headline_system: str = ""
    alive_since: datetime = EPOCH

    def parameters(self, game_date: date, min_minutes: float | None, force: bool) -> dict[str, Any]:
        """Return the parameters of slate_players.sql, which every question about players includes."""
        return {
            "game_date": game_date,
            "min_minutes": min_minutes,
            "default_min_minutes": self.default_min_minutes,
            "line_offsets": list(self.line_offsets),
            "in_flight_seconds": self.in_flight_seconds,
            "alive_since": self.alive_since,
            "requests_per_input": self.requests_per_input,
            "line_move_points": self.line_move_points,
            "stays_wanted": [reason.value for reason in STAYS_WANTED],
            "accepted_skips": [reason.value for reason in ACCEPTED_SKIPS],
            "force": force,
            "feature_version": FEATURE_VERSION,
            "feature_names": ",".join(FEATURE_NAMES),
        }


@dataclass(frozen=True)
class Claim:
    """The right to act on a slate until the lease ends."""

    game_date: date
    claim_id: str
    owner: str
    batch_id: str
    trigger_source: str
    feature_run_id: str | None

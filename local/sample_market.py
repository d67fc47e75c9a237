"""Bookmakers' lines for the sample league."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from local.sample_rosters import PLAYING, REGULARS, TEAMS, Floats
from shared.ports import Row

_SHARE_OF_BEST, _SHARE_OF_LAST = 0.9, 0.3
_WHOLE = 0.08
_LOWEST = 1.5
_ERROR_POINTS = 1.0
_MARGIN = 1.045  # what the probabilities behind the two prices of a line add up to
_EARLIEST_MINUTES, _LATEST_MINUTES = 420, 120


@dataclass(frozen=True)
class Market:
    """Line and American odds of each place on each team, NaN without a line, and how old they are."""

    line: Floats
    over_odds: Floats
    under_odds: Floats
    minutes_old: Floats

    def columns(self, team: int | None, place: int, opens_at: datetime) -> Row:
        """Return the slate's columns about a line, for a player of no team all empty.

        `opens_at` is when the slate's day begins; lines are some hours older.
        """
        at = team, place
        if team is None or np.isnan(self.line[at]):
            return dict.fromkeys(("line", "over_odds", "under_odds", "line_observed_at"))
        return {
            "line": float(self.line[at]),
            "over_odds": float(self.over_odds[at]),
            "under_odds": float(self.under_odds[at]),
            "line_observed_at": opens_at - timedelta(minutes=float(self.minutes_old[at])),
        }


def make_market(rng: np.random.Generator, points: Floats) -> Market:
    """Price 60% of the regulars near their mean `points`, the best of a team more often than the others."""
    shape = (TEAMS, PLAYING)
    share = np.zeros(PLAYING)
    share[:REGULARS] = np.linspace(_SHARE_OF_BEST, _SHARE_OF_LAST, REGULARS)
    guess = points + rng.normal(0, _ERROR_POINTS, shape)
    line = np.where(rng.random(shape) < _WHOLE, np.round(guess), np.floor(guess) + 0.5)
    over = np.clip(rng.normal(0.5, 0.02, shape), 0.42, 0.58)
    return Market(
        line=np.where(rng.random(shape) < share, np.maximum(line, _LOWEST), np.nan),
        over_odds=_american(over * _MARGIN),
        under_odds=_american((1 - over) * _MARGIN),
        minutes_old=rng.integers(_LATEST_MINUTES, _EARLIEST_MINUTES, shape).astype(float),
    )


def _american(implied: Floats) -> Floats:
    favourite = -100 * implied / (1 - implied)
    outsider = 100 * (1 - implied) / implied
    return np.asarray(np.round(np.where(implied >= 0.5, favourite, outsider)), np.float64)

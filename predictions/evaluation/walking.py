"""Walking forward through time: at every step only what was known before it is learned from."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np

from predictions.evaluation.assembling import UNCALIBRATED, Assembler, member_scores
from predictions.evaluation.candidates import Candidates
from predictions.evaluation.fitting import Parts, fit_parts
from predictions.evaluation.record import LEAST_GAMES, Record, joined_records, learn
from predictions.systems.model import Model

FIRST_FIT_GAMES = 8_000
"""So many games must have been played before anything is fitted to them."""

WARM_UP_SLATES = 60
"""How many slates pass between two fits whose forecasts are there only to be learned from."""

Show = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Stage:
    """Candidates of slates from `first` on, and the model of what came before; None: that is too little."""

    first: date
    model: Model | None
    candidates: Candidates


def warm_up_days(candidates: Candidates, end: date) -> list[date]:
    """Return the days before `end` on which to fit, and `end`: those with enough games before them."""
    played = candidates.dates[candidates.has_played & (candidates.dates < np.datetime64(end))]
    slates, games = np.unique(played, return_counts=True)
    enough = slates[np.cumsum(games) - games >= FIRST_FIT_GAMES]
    return [day.item() for day in enough[::WARM_UP_SLATES]] + [end]


def month_days(first: date, last: date) -> list[date]:
    """Return `first`, the first of every month after it up to `last`, and the day after `last`."""
    days = [first]
    while (following := (days[-1].replace(day=1) + timedelta(days=31)).replace(day=1)) <= last:
        days.append(following)
    return [*days, last + timedelta(days=1)]


class Walk:
    """A way through candidates in order of time; each step's own scores join what later ones learn from."""

    def __init__(self, candidates: Candidates, assembler: Assembler) -> None:
        self._candidates = candidates
        self._assemble = assembler
        self._records: list[Record] = []

    def stages(self, days: Sequence[date], show: Show = lambda done, total: None) -> Iterator[Stage]:
        """Yield the candidates between each two of `days`, with the model of the first of the two."""
        for done, (first, end) in enumerate(pairwise(days)):
            show(done, len(days) - 1)
            ahead = self._candidates.between(first, end)
            parts, known = self._fit(first)
            yield Stage(first, self._learned(parts, known), ahead)
            if parts is not None and len(ahead):
                self._remember(parts, known, ahead)
        show(len(days) - 1, len(days) - 1)

    def model(self, day: date) -> Model | None:
        """Return the model of everything before a day, or None if that is too little."""
        return self._learned(*self._fit(day))

    def _fit(self, day: date) -> tuple[Parts | None, Candidates]:
        before = self._candidates.dates < np.datetime64(day)
        known = self._candidates.select(self._candidates.has_played & before)
        return (fit_parts(known) if len(known) >= FIRST_FIT_GAMES else None), known

    def _learned(self, parts: Parts | None, known: Candidates) -> Model | None:
        if parts is None or sum(map(len, self._records)) < LEAST_GAMES:
            return None
        return self._assemble(parts, learn(joined_records(self._records)), known)

    def _remember(self, parts: Parts, known: Candidates, ahead: Candidates) -> None:
        played = ahead.select(ahead.has_played)
        scores = member_scores(self._assemble(parts, UNCALIBRATED, known), played.table)
        self._records.append(Record(played, scores))

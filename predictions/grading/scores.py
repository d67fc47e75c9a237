"""What came of a system's forecasts: the sums of a slate, the figures of several together. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt
from typing import Any


@dataclass(frozen=True)
class SlateScore:
    """One row of graded_slates.sql: one system on one slate, over the players who played.

    Errors are in points, of p50; `squared_error` in points squared. `decided` are lines that the points were
    not equal to; `p_over`, `overs` and `brier` are sums over those. `staked` are units on bets that were not
    void, `profit` units won less units lost.
    """

    system_id: str
    game_date: date
    graded: int
    absolute_error: float
    error: float
    squared_error: float
    covered_80: int
    with_line: int
    absolute_error_with_line: float
    line_absolute_error: float
    decided: int
    brier: float
    p_over: float
    overs: int
    bets: int
    wins: int
    losses: int
    pushes: int
    voids: int
    staked: int
    profit: float

    @property
    def mae(self) -> float:
        """Return the mean absolute error of the slate, in points."""
        return self.absolute_error / self.graded

    @property
    def coverage_80(self) -> float:
        """Return the share, 0 to 1, of players whose points lay within p10 and p90."""
        return self.covered_80 / self.graded


@dataclass(frozen=True)
class Accuracy:
    """The figures of several slates together, each forecast with the same weight; None where none is.

    Points: mae, rmse, bias (above 0: too high), mae_with_line, line_mae. Shares from 0 to 1: coverage_80,
    mean_p_over and share_over (alike if P(over) is honest), brier, hit_rate (of bets won or lost). `roi` is
    profit a unit staked. Bets count those that were void, which are staked, won and lost nowhere.
    """

    slates: int
    first_slate: date
    last_slate: date
    forecasts: int
    mae: float
    rmse: float
    bias: float
    coverage_80: float
    with_line: int
    mae_with_line: float | None
    line_mae: float | None
    mean_p_over: float | None
    share_over: float | None
    brier: float | None
    bets: int
    wins: int
    losses: int
    pushes: int
    voids: int
    hit_rate: float | None
    roi: float | None


def read_score(row: Mapping[str, Any]) -> SlateScore:
    """Read a row of graded_slates.sql."""
    return SlateScore(**{name: row[name] for name in SlateScore.__dataclass_fields__})


def pool(scores: Sequence[SlateScore]) -> Accuracy | None:
    """Return the figures of one system's slates together, None without any."""
    if not scores:
        return None
    total = {
        name: sum(getattr(score, name) for score in scores)
        for name in SlateScore.__dataclass_fields__
        if name not in ("system_id", "game_date")
    }
    days = [score.game_date for score in scores]
    counts = {name: int(total[name]) for name in ("with_line", "bets", "wins", "losses", "pushes", "voids")}
    return Accuracy(
        slates=len(scores),
        first_slate=min(days),
        last_slate=max(days),
        forecasts=int(total["graded"]),
        mae=rounded(total["absolute_error"] / total["graded"]),
        rmse=rounded(sqrt(total["squared_error"] / total["graded"])),
        bias=rounded(total["error"] / total["graded"]),
        coverage_80=rounded(total["covered_80"] / total["graded"]),
        mae_with_line=_share(total["absolute_error_with_line"], total["with_line"]),
        line_mae=_share(total["line_absolute_error"], total["with_line"]),
        mean_p_over=_share(total["p_over"], total["decided"]),
        share_over=_share(total["overs"], total["decided"]),
        brier=_share(total["brier"], total["decided"]),
        hit_rate=_share(total["wins"], total["wins"] + total["losses"]),
        roi=_share(total["profit"], total["staked"]),
        **counts,
    )


def rounded(figure: float) -> float:
    """Return a figure as it is told: to six places, since a store adds up in any order."""
    return round(figure, 6)


def _share(part: float, whole: float) -> float | None:
    return rounded(part / whole) if whole else None

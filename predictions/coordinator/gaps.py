"""When are too many players without a forecast? Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class GapPolicy:
    """A gap is alarming over `percent` of the expected or over `players`, and from `min_players` on."""

    percent: float = 5.0
    players: int = 20
    min_players: int = 2


@dataclass(frozen=True)
class Gap:
    """How many expected players are without a forecast or an accepted skip."""

    players: int
    expected: int
    is_alarming: bool

    @property
    def percent(self) -> float:
        """Return the gap as a share of the expected, in percent."""
        return 100.0 * self.players / self.expected if self.expected else 0.0


def judge_gap(missing: int, expected: int, policy: GapPolicy) -> Gap:
    """Judge `missing` of `expected` players; one missing of a small slate is not a gap."""
    percent = 100.0 * missing / expected if expected else 0.0
    is_large = percent > policy.percent or missing > policy.players
    return Gap(missing, expected, is_large and missing >= policy.min_players)

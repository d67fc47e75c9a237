"""The floor: the fewest ready players worth acting upon, the same for Phase 4 and Phase 5."""

import math


def fewest_ready(expected: int, floor_players: int, floor_percent: float) -> int:
    """Return the floor of a slate: `floor_players`, or that share of a small slate, rounded up."""
    return min(floor_players, math.ceil(expected * floor_percent / 100))

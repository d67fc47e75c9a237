"""The bodies of the answers about one player, and about the installation, as the description has them."""

from datetime import datetime

from predictions.coordinator.verdicts import Why
from shared.described import Told
from shared.messages import GameDate


class ExplainedStep(Told):
    """One rule, in the order in which they are applied; null where it was not reached, or decides nothing."""

    rule: str
    is_ok: bool | None
    detail: str


class ShownForecast(Told):
    """The forecast that readers see. Points; P(over) from 0 to 1. Not `is_current`: of an older input."""

    system_id: str
    mean: float
    p10: float
    p50: float
    p90: float
    line: float | None
    p_over: float | None
    recommendation: str
    is_released: bool
    is_current: bool
    batch_id: str
    created_at: datetime


class Explained(Told):
    """Why a player has a forecast, or none: the rule that decides, and every rule on the way to it."""

    game_date: GameDate
    player_lookup: str
    player_name: str
    verdict: Why
    sentence: str
    next_step: str
    steps: list[ExplainedStep]
    forecast: ShownForecast | None


class PlayerRequested(Told):
    """One player was asked for. `features_are_behind`: a status in his team is not what the features saw."""

    game_date: GameDate
    player_lookup: str
    batch_id: str
    message: str
    features_are_behind: bool


class Check(Told):
    """One look at the installation; null where it cannot be told from here."""

    name: str
    is_ok: bool | None
    found: str
    next_step: str


class Diagnosed(Told):
    """Every look; well if nothing was found wrong."""

    checks: list[Check]
    is_ok: bool

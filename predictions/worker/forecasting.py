"""From a shard to forecasts: every player is forecast by every system asked for, or ends with a reason."""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field

import numpy as np

from predictions.systems.base import FeatureTable, System, TooFewSystems, required_features
from predictions.systems.distribution import Distribution
from predictions.systems.explanation import Explanation
from predictions.systems.normal import FloatArray
from predictions.systems.registry import UnknownSystem
from predictions.worker.feature_rows import GAMES_PLAYED, header_fault, read_features
from predictions.worker.players import Ending, Player, ending, read_players
from shared.logs import get_logger
from shared.messages import PredictionRequest
from shared.outcomes import Reason

Resolve = Callable[[Sequence[str]], Sequence[System]]

_log = get_logger("worker")


@dataclass(frozen=True)
class SystemForecast:
    """What one system says of every player of a shard, and why."""

    points: Distribution
    explanation: Explanation
    is_shadow: bool = False


@dataclass(frozen=True)
class ShardForecast:
    """Who was forecast, by which systems (each over `players`, in their order), and everyone's ending."""

    players: tuple[Player, ...] = ()
    by_system: Mapping[str, SystemForecast] = field(default_factory=dict)
    endings: tuple[Ending, ...] = ()


@dataclass(frozen=True)
class _Failure:
    """Why a system forecast nobody."""

    reason: Reason
    detail: str


def forecast_shard(request: PredictionRequest, resolve: Resolve) -> ShardForecast:
    """Forecast a shard. Nobody is left without an ending, and nobody is forecast by half of the systems.

    A shadow system that fails is left out, and costs nobody the forecasts of the others.
    """
    players, endings = read_players(request)
    try:
        systems = _resolve(request, resolve)
    except UnknownSystem as error:
        return _all_end(players, endings, Reason.UNKNOWN_SYSTEM, str(error))
    fault = header_fault(request.feature_version, request.feature_names, required_features(systems))
    if fault is not None:
        return _all_end(players, endings, Reason.INVALID_FEATURES, fault)
    table, faults = read_features(request.feature_names, [player.features for player in players])
    endings += _ending_with(players, faults)
    sound = [player for player, fault in zip(players, faults, strict=True) if fault is None]
    shadows = set(request.shadow_systems) - set(request.systems)
    return _forecast_experienced(systems, shadows, sound, table, endings)


def _resolve(request: PredictionRequest, resolve: Resolve) -> Sequence[System]:
    if not request.systems:
        raise UnknownSystem("")
    return resolve((*request.systems, *request.shadow_systems))


def _forecast_experienced(
    systems: Sequence[System],
    shadows: Set[str],
    players: Sequence[Player],
    table: FeatureTable,
    endings: list[Ending],
) -> ShardForecast:
    """Forecast those who have played before; the others are skipped."""
    has_history = table.column(GAMES_PLAYED) > 0
    pairs = list(zip(players, has_history.tolist(), strict=True))
    newcomers = [ending(player, Reason.NO_HISTORY) for player, played in pairs if not played]
    experienced = [player for player, played in pairs if played]
    table = FeatureTable(table.names, table.matrix[has_history], _main_lines(experienced))
    return _forecast(systems, shadows, experienced, table, endings + newcomers)


def _main_lines(players: Sequence[Player]) -> FloatArray:
    """Return the line that each player's own lies beside, NaN without one."""
    lines = (np.nan if player.line is None else player.line - player.line_offset for player in players)
    return np.fromiter(lines, dtype=np.float64, count=len(players))


def _forecast(
    systems: Sequence[System],
    shadows: Set[str],
    players: Sequence[Player],
    table: FeatureTable,
    endings: list[Ending],
) -> ShardForecast:
    if not players:
        return ShardForecast(endings=tuple(endings))
    by_system: dict[str, SystemForecast] = {}
    for system in systems:
        is_shadow = system.system_id in shadows
        found = _forecast_by(system, table, is_shadow)
        if isinstance(found, SystemForecast):
            by_system[system.system_id] = found
        elif is_shadow:
            _log.warning("a shadow is left out", event_name="shadow_left_out", reason=found.detail)
        else:
            return _all_end(players, endings, found.reason, found.detail)
    done = tuple(ending(player) for player in players)
    return ShardForecast(tuple(players), by_system, (*endings, *done))


def _forecast_by(system: System, table: FeatureTable, is_shadow: bool) -> SystemForecast | _Failure:
    try:
        found = SystemForecast(system.forecast(table), system.explain(table), is_shadow)
        _require_everybody(found, len(table.matrix))
    except TooFewSystems as error:
        return _Failure(Reason.TOO_FEW_SYSTEMS, str(error))
    except MemoryError:  # the process is in trouble, not its players: let the shard come again
        raise
    except Exception as error:  # noqa: BLE001 - whatever a system raises, its players end
        _log.exception("a system failed", event_name="system_error", system_id=system.system_id)
        return _Failure(Reason.SYSTEM_ERROR, f"{system.system_id}: {type(error).__name__}: {error}")
    return found


def _require_everybody(found: SystemForecast, players: int) -> None:
    for what, count in (("forecasts", len(found.points.mean)), ("reasons", len(found.explanation.points))):
        if count != players:
            raise ValueError(f"{count} {what} for {players} players")


def _ending_with(players: Sequence[Player], faults: Sequence[str | None]) -> list[Ending]:
    return [
        ending(player, Reason.INVALID_FEATURES, fault)
        for player, fault in zip(players, faults, strict=True)
        if fault is not None
    ]


def _all_end(
    players: Sequence[Player], endings: Sequence[Ending], reason: Reason, detail: str
) -> ShardForecast:
    return ShardForecast(endings=(*endings, *(ending(player, reason, detail) for player in players)))

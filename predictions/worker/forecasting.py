"""From a shard to forecasts: every player is forecast by every system asked for, or ends with a reason."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from predictions.systems.base import FeatureTable, System, TooFewSystems, required_features
from predictions.systems.distribution import PointsDistribution
from predictions.systems.registry import UnknownSystem
from predictions.worker.feature_rows import GAMES_PLAYED, header_fault, read_features
from predictions.worker.players import Ending, Player, ending, read_players
from shared.logs import get_logger
from shared.messages import PredictionRequest
from shared.outcomes import Reason

Resolve = Callable[[Sequence[str]], Sequence[System]]

_log = get_logger("worker")


@dataclass(frozen=True)
class ShardForecast:
    """Who was forecast, by which systems (each over `players`, in their order), and everyone's ending."""

    players: tuple[Player, ...] = ()
    by_system: Mapping[str, PointsDistribution] = field(default_factory=dict)
    endings: tuple[Ending, ...] = ()


def forecast_shard(request: PredictionRequest, resolve: Resolve) -> ShardForecast:
    """Forecast a shard. Nobody is left without an ending, and nobody is forecast by half of the systems."""
    players, endings = read_players(request)
    try:
        systems = _resolve(request.systems, resolve)
    except UnknownSystem as error:
        return _all_end(players, endings, Reason.UNKNOWN_SYSTEM, str(error))
    fault = header_fault(request.feature_version, request.feature_names, required_features(systems))
    if fault is not None:
        return _all_end(players, endings, Reason.INVALID_FEATURES, fault)
    table, faults = read_features(request.feature_names, [player.features for player in players])
    endings += _ending_with(players, faults)
    sound = [player for player, fault in zip(players, faults, strict=True) if fault is None]
    return _forecast_experienced(systems, sound, table, endings)


def _resolve(names: Sequence[str], resolve: Resolve) -> Sequence[System]:
    if not names:
        raise UnknownSystem("")
    return resolve(names)


def _forecast_experienced(
    systems: Sequence[System], players: Sequence[Player], table: FeatureTable, endings: list[Ending]
) -> ShardForecast:
    """Forecast those who have played before; the others are skipped."""
    has_history = table.column(GAMES_PLAYED) > 0
    table = FeatureTable(table.names, table.matrix[has_history])
    pairs = list(zip(players, has_history.tolist(), strict=True))
    newcomers = [ending(player, Reason.NO_HISTORY) for player, played in pairs if not played]
    return _forecast(systems, [player for player, played in pairs if played], table, endings + newcomers)


def _forecast(
    systems: Sequence[System], players: Sequence[Player], table: FeatureTable, endings: list[Ending]
) -> ShardForecast:
    if not players:
        return ShardForecast(endings=tuple(endings))
    by_system: dict[str, PointsDistribution] = {}
    for system in systems:
        try:
            by_system[system.system_id] = _forecast_by(system, table)
        except TooFewSystems as error:
            return _all_end(players, endings, Reason.TOO_FEW_SYSTEMS, str(error))
        except MemoryError:  # the process is in trouble, not its players: let the shard come again
            raise
        except Exception as error:  # noqa: BLE001 - whatever a system raises, its players end
            _log.exception("a system failed", event_name="system_error", system_id=system.system_id)
            detail = f"{system.system_id}: {type(error).__name__}: {error}"
            return _all_end(players, endings, Reason.SYSTEM_ERROR, detail)
    done = tuple(ending(player) for player in players)
    return ShardForecast(tuple(players), by_system, (*endings, *done))


def _forecast_by(system: System, table: FeatureTable) -> PointsDistribution:
    points = system.forecast(table)
    if len(points.mean) != len(table.matrix):
        raise ValueError(f"{len(points.mean)} forecasts for {len(table.matrix)} players")
    return points


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

"""The forecasting systems by name. A new one is a line here."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from predictions.systems.base import System
from predictions.systems.calibration import Calibration
from predictions.systems.ensemble_v1 import EnsembleV1
from predictions.systems.ensemble_v2 import EnsembleV2
from predictions.systems.line_blend_v1 import LineBlendV1
from predictions.systems.linear_v1 import LinearV1
from predictions.systems.minutes_rate_v1 import MinutesRateV1
from predictions.systems.model import Model
from predictions.systems.moving_average_v1 import MovingAverageV1
from predictions.systems.similarity_v1 import SimilarityV1
from predictions.systems.trees import TreesMeanV1, TreesMedianV1
from shared.errors import InvalidInput

FORMULAS: Mapping[str, type[MovingAverageV1] | type[MinutesRateV1]] = {
    MovingAverageV1.system_id: MovingAverageV1,
    MinutesRateV1.system_id: MinutesRateV1,
}
TRAINED: Mapping[str, Callable[[Model, Calibration], System]] = {
    TreesMedianV1.system_id: lambda model, calibration: TreesMedianV1(model.median_forest, calibration),
    TreesMeanV1.system_id: lambda model, calibration: TreesMeanV1(model.mean_forest, calibration),
    LinearV1.system_id: lambda model, calibration: LinearV1(model.card.linear, calibration),
    SimilarityV1.system_id: lambda model, calibration: SimilarityV1(model.similar, calibration),
}
COMBINATIONS: Mapping[str, Callable[["_Resolution"], System]] = {
    EnsembleV1.system_id: lambda resolution: resolution.ensemble_v1,
    EnsembleV2.system_id: lambda resolution: resolution.ensemble_v2,
    LineBlendV1.system_id: lambda resolution: resolution.line_blend_v1,
}
NAMES = (*FORMULAS, *TRAINED, *COMBINATIONS)
USES_LINE = (LineBlendV1.system_id,)
"""Those that read the bookmaker's line, and so say nothing against it."""


class UnknownSystem(InvalidInput):
    """No forecasting system is registered under this name, or it needs a model that is not there."""

    def __init__(self, name: str, reason: str = "") -> None:
        is_nowhere = f"no forecasting system is called {name!r}; there are {', '.join(NAMES)}"
        super().__init__(f"{name} {reason}" if reason else is_nowhere)
        self.name = name


def needs_model(names: Sequence[str]) -> bool:
    """Say whether one of these systems reads the trained model."""
    return not {*TRAINED, EnsembleV2.system_id, LineBlendV1.system_id}.isdisjoint(names)


def resolve(names: Sequence[str], model: Model | None = None) -> list[System]:
    """Return the systems of these names, each once, in this order.

    ensemble_v1 combines those of its members that are in the list, ensemble_v2 those that the model gives
    weight to. Raises UnknownSystem for the first name that nobody has registered, and for a trained system
    without a model.
    """
    wanted = tuple(dict.fromkeys(names))
    resolution = _Resolution(wanted, model)
    return [resolution.system(name) for name in wanted]


class _Resolution:
    """The systems of one call: a member of an ensemble is the very system that is asked for beside it."""

    def __init__(self, wanted: Sequence[str], model: Model | None) -> None:
        self._wanted = wanted
        self._model = model
        self._members: dict[str, System] = {}

    def system(self, name: str) -> System:
        return COMBINATIONS[name](self) if name in COMBINATIONS else self._member(name)

    @cached_property
    def ensemble_v1(self) -> EnsembleV1:
        return EnsembleV1([FORMULAS[name]() for name in FORMULAS if name in self._wanted])

    @cached_property
    def ensemble_v2(self) -> EnsembleV2:
        model, calibration = self._trained(EnsembleV2.system_id)
        weights = {self._member(name): weight for name, weight in model.weights.items() if weight > 0}
        return EnsembleV2(weights, calibration)

    @cached_property
    def line_blend_v1(self) -> LineBlendV1:
        model, calibration = self._trained(LineBlendV1.system_id)
        return LineBlendV1(self.ensemble_v2, model.line_share, calibration)

    def _member(self, name: str) -> System:
        if name not in self._members:
            self._members[name] = self._make(name)
        return self._members[name]

    def _make(self, name: str) -> System:
        if name in FORMULAS:
            return FORMULAS[name]()
        if name in TRAINED:
            return TRAINED[name](*self._trained(name))
        raise UnknownSystem(name)

    def _trained(self, name: str) -> tuple[Model, Calibration]:
        if self._model is None:
            raise UnknownSystem(name, "needs a trained model, and there is none")
        if name not in self._model.calibrations:
            raise UnknownSystem(name, "is not in the trained model")
        return self._model, self._model.calibrations[name]

"""The forecasting systems by name. A new one is a line here."""

from collections.abc import Callable, Mapping, Sequence

from predictions.systems.base import System
from predictions.systems.ensemble_v1 import EnsembleV1
from predictions.systems.minutes_rate_v1 import MinutesRateV1
from predictions.systems.moving_average_v1 import MovingAverageV1
from shared.errors import InvalidInput

SYSTEMS: Mapping[str, Callable[[], System]] = {
    MovingAverageV1.system_id: MovingAverageV1,
    MinutesRateV1.system_id: MinutesRateV1,
}
COMBINATIONS: Mapping[str, Callable[[Sequence[System]], System]] = {
    EnsembleV1.system_id: EnsembleV1,
}


class UnknownSystem(InvalidInput):
    """No forecasting system is registered under this name."""

    def __init__(self, name: str) -> None:
        known = ", ".join([*SYSTEMS, *COMBINATIONS])
        super().__init__(f"no forecasting system is called {name!r}; there are {known}")
        self.name = name


def resolve(names: Sequence[str]) -> list[System]:
    """Return the systems of these names, each once, in this order.

    A combination combines the other systems of the list. Raises UnknownSystem for the first name that
    nobody has registered.
    """
    wanted = tuple(dict.fromkeys(names))
    for name in wanted:
        if name not in SYSTEMS and name not in COMBINATIONS:
            raise UnknownSystem(name)
    members = {name: SYSTEMS[name]() for name in wanted if name in SYSTEMS}
    parts = tuple(members.values())
    return [members[name] if name in members else COMBINATIONS[name](parts) for name in wanted]

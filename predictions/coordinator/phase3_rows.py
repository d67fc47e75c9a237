"""What Phase 3 has written about a slate, and what stands on it: read whole, to be taken somewhere else."""

from datetime import date

from shared.ports import Row, Warehouse
from shared.statements import load_statement

_KINDS = {
    "box_scores": "phase3_box_scores",
    "slate": "phase3_slate",
    "forecasts": "phase3_forecasts",
}


class Phase3Reader:
    """Reads a slate's rows and the games that its features look back on; changes nothing."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse

    def read(self, game_date: date) -> dict[str, list[Row]]:
        """Return the games before a slate, its players, and the forecasts that stand."""
        return {
            kind: self._warehouse.query(load_statement("predictions.coordinator", name), game_date=game_date)
            for kind, name in _KINDS.items()
        }

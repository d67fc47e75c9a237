"""Whether the features of a shard may be forecast from: the contract, checked on arrival."""

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from predictions.systems.base import FeatureTable
from predictions.systems.normal import FloatArray
from shared.features import BY_NAME, FEATURE_NAMES, FEATURE_VERSION

GAMES_PLAYED = "games_played"
_NUMBERS = {int, float}
_LARGEST = sys.float_info.max


def header_fault(version: str, names: Sequence[str], required: Sequence[str]) -> str | None:
    """Say what keeps the systems from reading features of this version and these names, if anything.

    Another version may mean other things by the same names, so it is refused as a whole. The names are
    those of the contract, in any order, none missing and none more: a name that nobody knows has no range.
    """
    if version != FEATURE_VERSION:
        return f"feature_version is {version!r} and should be {FEATURE_VERSION!r}"
    if len(set(names)) != len(names):
        return "feature_names holds a name twice"
    missing = sorted({*FEATURE_NAMES, *required} - set(names))
    if missing:
        return f"feature_names lacks {', '.join(missing)}"
    unknown = sorted(set(names) - set(FEATURE_NAMES))
    return f"feature_names has {', '.join(unknown)}, which nobody knows" if unknown else None


def read_features(
    names: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> tuple[FeatureTable, list[str | None]]:
    """Return the table of the rows that keep the contract, and per row what it breaks, or None."""
    faults = [_shape_fault(names, row) for row in rows]
    shaped = [position for position, fault in enumerate(faults) if fault is None]
    matrix = np.array([rows[position] for position in shaped], dtype=np.float64)
    matrix = matrix.reshape(len(shaped), len(names))
    is_out = _outside(names, matrix)
    for at in np.flatnonzero(is_out.any(axis=1)).tolist():
        column = int(np.argmax(is_out[at]))
        faults[shaped[at]] = f"{names[column]} is {matrix[at, column]:g}, outside its range"
    return FeatureTable(names, matrix[~is_out.any(axis=1)]), faults


def _shape_fault(names: tuple[str, ...], row: tuple[Any, ...]) -> str | None:
    if len(row) != len(names):
        return f"{len(row)} features for {len(names)} names"
    if set(map(type, row)) <= _NUMBERS and _is_representable(row):
        return None
    odd = next(name for name, value in zip(names, row, strict=True) if not _is_number(value))
    return f"{odd} is not a number"


def _is_number(value: Any) -> bool:
    return type(value) in _NUMBERS and _is_representable((value,))


def _is_representable(row: tuple[Any, ...]) -> bool:
    """A JSON integer may be longer than any float."""
    return not row or (max(row) <= _LARGEST and min(row) >= -_LARGEST)


def _outside(names: tuple[str, ...], matrix: FloatArray) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Mark the values outside their feature's range; a NaN is outside of any."""
    lowest = np.array([BY_NAME[name].minimum for name in names])
    highest = np.array([BY_NAME[name].maximum for name in names])
    return ~((matrix >= lowest) & (matrix <= highest))

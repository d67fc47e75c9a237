"""Putting fitted parts and what was learned of them together to a model, with its card."""

import hashlib
import platform
from collections.abc import Callable
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np

import predictions.systems
import shared.features
from predictions.evaluation.candidates import Candidates
from predictions.evaluation.fitting import PARAMETERS, RIDGE, ROUNDS, SEEDS, TRAINED_NAMES, Parts
from predictions.evaluation.record import MEMBERS, Learned
from predictions.systems.base import FeatureTable
from predictions.systems.calibration import Calibration
from predictions.systems.empirical import PROBABILITIES
from predictions.systems.model import Model, ModelCard
from predictions.systems.normal import FloatArray
from predictions.systems.registry import FORMULAS, TRAINED, resolve
from shared.features import FEATURE_VERSION

Assembler = Callable[[Parts, Learned, Candidates], Model]

_EXACT = Calibration(1.0, 0.0, (0.0, 1.0), ((0.0,) * len(PROBABILITIES),) * 2)
UNCALIBRATED = Learned(dict.fromkeys(TRAINED, _EXACT), {MEMBERS[0]: 1.0}, 0.0)
"""What stands for a record before there is one: every score is taken for certain."""


def assemble(parts: Parts, learned: Learned, known: Candidates, created_at: datetime) -> Model:
    """Return the model of parts that were fitted to `known` games; how good it is was not measured yet."""
    card = ModelCard(
        feature_version=FEATURE_VERSION,
        feature_names=TRAINED_NAMES,
        trained_from=known.dates.min().item(),
        trained_to=known.dates.max().item(),
        rows=len(known),
        created_at=created_at,
        code_hash=code_hash(),
        data_hash=data_hash(known),
        seeds=dict(SEEDS),
        parameters={**PARAMETERS, "rounds": ROUNDS, "ridge": RIDGE},
        metrics={},
        versions={"python": platform.python_version(), **_versions("numpy", "lightgbm")},
        weights=dict(learned.weights),
        line_share=learned.line_share,
        calibrations=dict(learned.calibrations),
        linear=parts.linear,
    )
    return Model(card, parts.medians, parts.means, parts.similar)


def member_scores(model: Model, table: FeatureTable) -> dict[str, FloatArray]:
    """Return the scores (n,) that every member gives the players of a table, a formula its medians."""
    return {
        system.system_id: system.forecast(table).quantile(0.5)
        if system.system_id in FORMULAS
        else system.scores(table)  # type: ignore[attr-defined]
        for system in resolve(MEMBERS, model)
    }


def code_hash() -> str:
    """Return the sha256 of the source of the features and the systems."""
    files = [*Path(predictions.systems.__path__[0]).glob("*.py"), Path(shared.features.__file__)]
    digest = hashlib.sha256()
    for path in sorted(files, key=lambda path: path.name):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def data_hash(known: Candidates) -> str:
    """Return the sha256 of the features, lines and points that were learned from, in their order."""
    digest = hashlib.sha256()
    for part in (known.table.matrix, known.lines, known.points):
        digest.update(np.ascontiguousarray(part).tobytes())
    return digest.hexdigest()


def _versions(*packages: str) -> dict[str, str]:
    return {package: version(package) for package in packages}

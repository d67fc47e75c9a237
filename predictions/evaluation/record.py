"""Scores that were out of sample when they were made, and what can be learned from them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from predictions.evaluation.calibrating import (
    centred,
    fit_calibration,
    fit_recalibration,
    fit_share,
    fit_weights,
)
from predictions.evaluation.candidates import Candidates, joined
from predictions.systems.calibration import Calibration
from predictions.systems.ensemble_v2 import EnsembleV2
from predictions.systems.line_blend_v1 import LEAST_BLEND, LineBlendV1
from predictions.systems.normal import FloatArray
from predictions.systems.recalibration import Recalibration
from predictions.systems.registry import FORMULAS, TRAINED

MEMBERS = (*TRAINED, *FORMULAS)
"""Who may be a member of ensemble_v2."""

LEAST_GAMES = 2_000
"""Fewer out-of-sample games than this teach nothing about quantiles that far out."""

RECENT_DAYS = np.timedelta64(365, "D")
_AGAINST_LINE = Recalibration(0.0, 0.5)
_WITH_LINE = Recalibration(0.0, 0.9)


@dataclass(frozen=True, eq=False)
class Record:
    """Candidates who have played, in order of time, and their `scores` (n,) by member of ensemble_v2.

    The scores of a formula are its medians; those of a trained system are without calibration.
    """

    candidates: Candidates
    scores: Mapping[str, FloatArray]

    def __len__(self) -> int:
        return len(self.candidates)


def joined_records(parts: Sequence[Record]) -> Record:
    """Return several records, one behind the other."""
    scores = {name: np.concatenate([part.scores[name] for part in parts]) for name in parts[0].scores}
    return Record(joined([part.candidates for part in parts]), scores)


@dataclass(frozen=True)
class Learned:
    """What a record teaches: a calibration by trained system, the members' weights, the line's share."""

    calibrations: Mapping[str, Calibration]
    weights: Mapping[str, float]
    line_share: float


def learn(record: Record) -> Learned:
    """Calibrate every trained system, weigh the members by their errors of the last year, and blend."""
    points = record.candidates.points
    plain = {name: fit_calibration(record.scores[name], points) for name in TRAINED}
    medians = {
        name: plain[name].around(scores).quantile(0.5) if name in plain else scores
        for name, scores in record.scores.items()
    }
    weights = _weights(record.candidates, medians)
    ensemble = np.sum([weights[name] * medians[name] for name in MEMBERS], axis=0)
    plain[EnsembleV2.system_id] = fit_calibration(ensemble, points)
    calibrations = {
        name: _recalibrated(calibration, record.scores.get(name, ensemble), record.candidates, _AGAINST_LINE)
        for name, calibration in plain.items()
    }
    share, blend = _blend(record.candidates, ensemble, plain[EnsembleV2.system_id])
    return Learned(calibrations | {LineBlendV1.system_id: blend}, weights, share)


def _weights(candidates: Candidates, medians: Mapping[str, FloatArray]) -> dict[str, float]:
    recent = candidates.dates >= candidates.dates.max() - RECENT_DAYS
    mask = recent & candidates.is_regular
    mask = mask if mask.any() else recent
    columns = np.stack([medians[name][mask] for name in MEMBERS], axis=1)
    return dict(zip(MEMBERS, fit_weights(columns, candidates.points[mask]).tolist(), strict=True))


def _blend(
    candidates: Candidates, ensemble: FloatArray, around_ensemble: Calibration
) -> tuple[float, Calibration]:
    """Fit the line's share, and take games to lie around the blend as around the ensemble, which has more
    of them; the median is the blend itself, since that is what the share was fitted to be.
    """
    has_line = ~np.isnan(candidates.lines)
    lines, points = candidates.lines[has_line], candidates.points[has_line]
    share = fit_share(ensemble[has_line] - lines, points - lines)
    blended = np.maximum(lines + share * (ensemble[has_line] - lines), LEAST_BLEND)
    return share, _recalibrated(centred(around_ensemble), blended, candidates.select(has_line), _WITH_LINE)


def _recalibrated(
    calibration: Calibration, scores: FloatArray, candidates: Candidates, prior: Recalibration
) -> Calibration:
    """Return the calibration with what its P(over) was worth at past lines, pushes left out."""
    lines, points = candidates.lines, candidates.points
    settled = ~np.isnan(lines) & (points != lines)
    said = calibration.around(scores[settled])
    p = said.p_over(lines[settled]) / (1.0 - said.p_push(lines[settled]))
    happened = points[settled] > lines[settled]
    return replace(calibration, recalibration=fit_recalibration(p, happened, prior))

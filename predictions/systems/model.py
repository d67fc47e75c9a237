"""What the trained systems read: trees, past games, and a card that says the rest and where it is from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from predictions.systems.calibration import Calibration
from predictions.systems.forest import Booster, Forest
from predictions.systems.linear_v1 import LinearScore
from predictions.systems.similar_games import SimilarGames

Share = Annotated[float, Field(ge=0, le=1)]


class ModelCard(BaseModel):
    """Everything about a model that is not trees or past games.

    `weights`: the members of ensemble_v2 by system id, zero for one that it goes without. `line_share`: the
    share of the way from the line to ensemble_v2's score that line_blend_v1 goes. `linear`: what linear_v1
    adds up. `calibrations`: by system id. `files` (sha256 by name) and `model_hash` (over the card without
    itself and the time of day) are filled in by the store.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    format: Literal["1"] = "1"
    feature_version: str
    feature_names: tuple[str, ...]
    trained_from: date
    trained_to: date
    rows: int
    created_at: AwareDatetime
    code_hash: str
    data_hash: str
    seeds: dict[str, tuple[int, ...]]
    parameters: dict[str, Any]
    metrics: dict[str, Any]
    versions: dict[str, str]
    weights: dict[str, Share]
    line_share: Share
    linear: LinearScore
    calibrations: dict[str, Calibration]
    files: dict[str, str] = {}
    model_hash: str = ""

    @model_validator(mode="after")
    def _has_members(self) -> Self:
        if not any(self.weights.values()):
            raise ValueError("weights must give something to a member")
        return self


@dataclass(frozen=True, eq=False)
class Model:
    """A trained model. `medians` were fitted to the absolute error of points, `means` to the squared one."""

    card: ModelCard
    medians: Sequence[Booster]
    means: Sequence[Booster]
    similar: SimilarGames

    @property
    def calibrations(self) -> Mapping[str, Calibration]:
        """The calibration of every trained system, by system id."""
        return self.card.calibrations

    @property
    def weights(self) -> Mapping[str, float]:
        """The members of ensemble_v2 by system id."""
        return self.card.weights

    @property
    def line_share(self) -> float:
        """The share of the way from the line to the forecast that line_blend_v1 goes."""
        return self.card.line_share

    def warm(self) -> None:
        """Work out now what the first explanation would have to wait for."""
        self.median_forest.warm()
        self.mean_forest.warm()

    @cached_property
    def median_forest(self) -> Forest:
        """The trees of trees_median_v1."""
        return Forest(self.medians, self.card.feature_names)

    @cached_property
    def mean_forest(self) -> Forest:
        """The trees of trees_mean_v1."""
        return Forest(self.means, self.card.feature_names)

"""Which slates of a range have features, and how good: what a backfill asks before it begins."""

from flask import Blueprint, Response, request
from pydantic import BaseModel, ConfigDict, Field, model_validator

from data_processors.precompute.ml_feature_store.ml_feature_store_processor import MLFeatureStoreProcessor
from shared.described import Told, described
from shared.features import FEATURE_VERSION
from shared.http import answer, read_query
from shared.messages import Count, GameDate, RunStatus
from shared.statements import load_statement


class RunsQuery(BaseModel):
    """A range of slates, both ends included."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first: GameDate = Field(alias="from")
    last: GameDate = Field(alias="to")

    @model_validator(mode="after")
    def _forward(self) -> "RunsQuery":
        if self.first > self.last:
            raise ValueError("from must not be later than to")
        return self


class StandingRun(Told):
    """One slate, and the run that its features are from; `is_done`: another run would change nothing."""

    game_date: GameDate
    players: Count
    run_id: str | None
    feature_version: str | None
    status: RunStatus | None
    is_done: bool


class StandingRuns(Told):
    """Every slate of the range; `feature_version` is what a run would write now."""

    feature_version: str
    slates: list[StandingRun]


def create_routes(processor: MLFeatureStoreProcessor) -> Blueprint:
    """Make the route."""
    routes = Blueprint("runs", __name__)
    statement = load_statement("data_processors.precompute.ml_feature_store", "standing_runs")

    @routes.get("/runs")
    @described({200: (StandingRuns,)}, query=RunsQuery)
    def runs() -> Response:
        """The slates of a range, each with the run that its features are from."""
        asked = read_query(RunsQuery, request.args)
        found = processor.warehouse.query(
            statement, first_date=asked.first, last_date=asked.last, feature_version=FEATURE_VERSION
        )
        return answer({"feature_version": FEATURE_VERSION, "slates": found})

    return routes

"""One slate in the store, in one line a fact; every fact is a second later than the one before."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from shared.clock import FakeClock
from shared.features import BY_NAME, FEATURE_NAMES, FEATURE_VERSION
from shared.ids import batch_id, request_id
from shared.messages import PHASE4_PROCESSOR
from shared.outcomes import OUTCOME_OF, Reason
from shared.ports import Row, Warehouse
from shared.statements import inline_statement

CONTEXT = "nba_analytics.upcoming_player_game_context"
FEATURES = "nba_predictions.ml_feature_store_v2"
FORECASTS = "nba_predictions.player_prop_predictions"
HISTORY = "nba_reference.processor_run_history"
OUTCOMES = "nba_predictions.prediction_outcomes"
REQUESTS = "nba_predictions.prediction_requests"

Players = int | Sequence[str]

_UNDER_WAY = inline_statement(
    "under_way",
    "UPDATE nba_reference.slates SET state = 'predicting', generation = 1, claim_id = 'c1', owner = 'o1', "
    "claimed_at = @claimed_at, batch_id = @batch_id, trigger_source = 'pubsub', feature_run_id = 'run1', "
    "min_minutes = 15.0, expected = @expected WHERE game_date = @game_date",
    game_date="DATE",
    claimed_at="TIMESTAMP",
    batch_id="STRING",
    expected="INT64",
)


class Slate:
    """Puts a slate, its feature runs and its outcomes into the store, and reads them back."""

    def __init__(self, warehouse: Warehouse, clock: FakeClock, game_date: date) -> None:
        self.game_date = game_date
        self.names: list[str] = []
        self._lines: dict[str, float | None] = {}
        self._began: dict[str, datetime] = {}
        self._warehouse = warehouse
        self._clock = clock

    def expect(self, players: Players, **changes: Any) -> None:
        """Put players on the slate, as Phase 3 does; a name that is there already gets a newer row."""
        names = [f"p{i:03}" for i in range(players)] if isinstance(players, int) else list(players)
        self.names += [name for name in names if name not in self.names]
        self._lines |= dict.fromkeys(names, changes.get("line", 20.5))
        now = self._later()
        self._warehouse.append(CONTEXT, [self._context(name, now) | changes for name in names])

    def features(
        self,
        ready: Players = (),
        not_ready: Players = (),
        no_history: Players = (),
        run: str = "run1",
        status: str | None = "success",
        replaces: bool = True,
        began: datetime | None = None,
        triggered_by: str = "test",
        seen: str | None = None,
        of_player: Mapping[str, Row] | None = None,
        **changes: Any,
    ) -> None:
        """Write a feature run and its run history; counts are taken from the slate's names in order.

        `seen` is the status that they know of everybody; `changes` are columns of every row, `of_player` more
        of them for some.
        """
        left = list(self.names)
        self._began[run] = began or self._clock.now() + timedelta(seconds=1)
        kinds = ((ready, True, []), (not_ready, False, ["stale"]), (no_history, False, ["no_history"]))
        now = self._later()
        rows = [
            self._feature_row(name, run, now, is_ready, reasons)
            | {"feature_run_started_at": self._began[run], "status": seen}
            | changes
            | (of_player or {}).get(name, {})
            for players, is_ready, reasons in kinds
            for name in _take(left, players)
        ]
        if replaces:
            self._warehouse.replace_partition(FEATURES, self.game_date, rows)
        else:
            self._warehouse.append(FEATURES, rows)
        if status is not None:
            self.ran(run, status, triggered_by)

    def ran(self, run: str, status: str, triggered_by: str = "test") -> None:
        """Record a run of Phase 4."""
        now = self._later()
        row = {
            "data_date": self.game_date,
            "processor_name": PHASE4_PROCESSOR,
            "run_id": run,
            "status": status,
            "records_processed": 0,
            "triggered_by": triggered_by,
            "started_at": now,
            "processed_at": now,
        }
        self._warehouse.append(HISTORY, [row])

    def ready(self, players: int, **changes: Any) -> None:
        """Put players on the slate who are all ready."""
        self.expect(players, **changes)
        self.features(ready=self.names)

    def under_way(self, ready: int, not_ready: int = 0) -> None:
        """Leave the slate as a trigger does whose requests are all in flight, at a tenth of its price."""
        self.expect(ready + not_ready)
        self.features(ready=ready, not_ready=not_ready)
        now = self._later()
        batch = batch_id(self.game_date, "run1", 1)
        rows = [self._request(name, batch, now) for name in self.names[:ready]]
        self._warehouse.append(REQUESTS, rows)
        claimed = {"batch_id": batch, "expected": ready + not_ready, "claimed_at": now}
        self._warehouse.execute(_UNDER_WAY, game_date=self.game_date, **claimed)

    def open_requests(self) -> list[Row]:
        """Read the requests that have no outcome yet, lost or not."""
        answered = {row["request_id"] for row in self.rows(OUTCOMES)}
        return [row for row in self.rows(REQUESTS) if row["request_id"] not in answered]

    def answer(
        self, ended: str | Reason = "predicted", players: Sequence[str] | None = None, **numbers: Any
    ) -> int:
        """End the requests that are open, as a worker does; return how many those were.

        `numbers` are columns of every forecast; without them players differ as players do.
        """
        open_rows = [
            row for row in self.open_requests() if players is None or row["player_lookup"] in players
        ]
        self.end(open_rows, ended, **numbers)
        return len(open_rows)

    def end(self, requests: Sequence[Row], ended: str | Reason = "predicted", **numbers: Any) -> None:
        """Write the forecasts of these requests if they are predicted, and then their outcomes."""
        now = self._later()
        if ended == "predicted":
            self._warehouse.append(FORECASTS, [self._forecast(row, now) | numbers for row in requests])
        self._warehouse.append(OUTCOMES, [self._outcome(row, ended, now) for row in requests])

    def forecast(self, requests: Sequence[Row]) -> None:
        """Write one system's forecasts for these requests, and nothing else."""
        now = self._later()
        self._warehouse.append(FORECASTS, [self._forecast(row, now) for row in requests])

    def rows(self, table: str, order: str = "1") -> list[Row]:
        """Read the slate's rows of a table or view."""
        day = "data_date" if table == HISTORY else "game_date"
        sql = f"SELECT * FROM {table} WHERE {day} = @game_date ORDER BY {order}"
        return self._warehouse.query(
            inline_statement("rows", sql, game_date="DATE"), game_date=self.game_date
        )

    @property
    def row(self) -> Row:
        """The slate's own row."""
        (row,) = self.rows("nba_reference.slates")
        return row

    @property
    def state(self) -> str:
        """The state on the slate's row."""
        return str(self.row["state"])

    def endings(self) -> dict[str, tuple[str, str | None]]:
        """How each player's newest outcome ended, by player: outcome and reason."""
        rows = self.rows("nba_predictions.prediction_outcomes_current", "created_at, player_lookup")
        return {row["player_lookup"]: (row["outcome"], row["reason"]) for row in rows}

    def batch_runs(self) -> list[Row]:
        """The coordinator's run history, read as it is meant to be: the newest row of each run id."""
        rows = self.rows(HISTORY, "processed_at")
        return list({r["run_id"]: r for r in rows if r["processor_name"] != PHASE4_PROCESSOR}.values())

    def _later(self) -> datetime:
        self._clock.advance(1)
        return self._clock.now()

    def _context(self, name: str, now: datetime) -> Row:
        return {
            "game_date": self.game_date,
            "game_id": "g1",
            "player_lookup": name,
            "player_name": name.title(),
            "team": "BOS",
            "opponent": "NYK",
            "is_home": True,
            "status": "ACTIVE",
            "projected_minutes": 30.0,
            "line": 20.5,
            "line_observed_at": now,
            "observed_at": now,
        }

    def _feature_row(self, name: str, run: str, now: datetime, is_ready: bool, reasons: list[str]) -> Row:
        return {
            "game_date": self.game_date,
            "player_lookup": name,
            "feature_run_id": run,
            "feature_run_started_at": now,
            "feature_version": FEATURE_VERSION,
            "feature_names": list(FEATURE_NAMES),
            "features": [BY_NAME[name].default for name in FEATURE_NAMES],
            "is_production_ready": is_ready,
            "not_ready_reasons": reasons,
            "quality_score": 90.0,
            "created_at": now,
        }

    def _request(self, name: str, batch: str, now: datetime) -> Row:
        return {
            "game_date": self.game_date,
            "batch_id": batch,
            "request_id": request_id(batch, name),
            "player_lookup": name,
            "line_offset": 0.0,
            "input_id": hashlib.md5(b"run1|2050|ACTIVE|0").hexdigest(),
            "feature_run_id": "run1",
            "trigger_source": "pubsub",
            "correlation_id": "c1",
            "requested_at": now,
        }

    def _outcome(self, request: Row, ended: str | Reason, now: datetime) -> Row:
        same = ("request_id", "batch_id", "player_lookup", "input_id", "correlation_id")
        is_reason = isinstance(ended, Reason)
        return {name: request[name] for name in same} | {
            "game_date": self.game_date,
            "outcome": OUTCOME_OF[ended].value if isinstance(ended, Reason) else ended,
            "reason": ended.value if is_reason else None,
            "created_at": now,
        }

    def _forecast(self, request: Row, now: datetime) -> Row:
        same = ("request_id", "batch_id", "player_lookup", "input_id", "correlation_id", "line_offset")
        number = self.names.index(request["player_lookup"])
        mean = 8.0 + (7 * number) % 20 + number / 1000  # players differ
        numbers = dict.fromkeys(("mean", "p10", "p50", "p90"), mean)
        line = self._lines[request["player_lookup"]]
        return (
            {name: request[name] for name in same}
            | numbers
            | {
                "game_date": self.game_date,
                "prediction_id": request["request_id"],
                "player_name": request["player_lookup"].title(),
                "game_id": "g1",
                "team": "BOS",
                "opponent": "NYK",
                "is_home": True,
                "system_id": "ensemble_v2",
                "line": None if line is None else line + request["line_offset"],
                "recommendation": "PASS",
                "quality_score": 90.0,
                "feature_run_id": request["feature_run_id"],
                "feature_run_started_at": self._began[request["feature_run_id"]],
                "build": "test",
                "created_at": now,
            }
        )


def _take(left: list[str], players: Players) -> list[str]:
    """Take the next so many names, or those named."""
    taken = left[:players] if isinstance(players, int) else list(players)
    left[:] = [name for name in left if name not in taken]
    return taken

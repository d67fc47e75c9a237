"""What must be true of the store when a run has settled."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sim_rules import Rule
from sim_watch import Watch
from sim_world import Expectation, World

from predictions.coordinator.terms import SlateTerms
from shared.alerts import raised_alerts
from shared.ports import Row, Warehouse
from shared.statements import inline_statement, load_statement

_READS = {
    "slates": "SELECT * FROM nba_reference.slates WHERE game_date = @d",
    "outcomes": "SELECT * FROM nba_predictions.prediction_outcomes_current WHERE game_date = @d",
    "forecasts": "SELECT * FROM nba_predictions.player_prop_predictions_current WHERE game_date = @d",
    "written": "SELECT DISTINCT player_lookup, system_id, input_id, prediction_id"
    " FROM nba_predictions.player_prop_predictions WHERE game_date = @d",
    "history": "SELECT * FROM nba_reference.processor_run_history WHERE data_date = @d",
    "alerts": "SELECT * FROM nba_reference.alerts WHERE game_date = @d",
}
_HISTORY_OF = {"complete": "success", "partial": "partial", "failed": "failed"}
Key = tuple[str, float]


@dataclass
class Verdict:
    """Judges a settled slate; what is wrong is noted, one sentence each."""

    store: Warehouse
    world: World
    watch: Watch

    def judge(self) -> None:
        """Judge everything."""
        self._judge = self.watch.checks.judge
        self._rows = {name: self._read(name, sql) for name, sql in _READS.items()}
        expected = self.world.expectations()
        inputs = self._current_inputs()
        ends = [self._judge_outcome(key, inputs[key], wanted) for key, wanted in expected.items()]
        for key, wanted in expected.items():
            if wanted.outcome == "predicted":
                self._judge_forecasts(key, inputs[key], wanted)
        self._judge_ids()
        self._judge_slate(Counter(ends))
        self._judge_alerts()

    def _read(self, name: str, sql: str) -> list[Row]:
        return self.store.query(inline_statement(name, sql, d="DATE"), d=self.world.game_date)

    def _current_inputs(self) -> dict[Key, str]:
        """Ask the product's own definition for each player's current input; the rest is judged without it."""
        offsets = (0.0, -2.0, -1.0, 1.0, 2.0) if self.world.has_many_lines else (0.0,)
        terms = SlateTerms(line_offsets=offsets).parameters(self.world.game_date, None, False)
        rows = self.store.query(load_statement("predictions.coordinator", "slate_players"), **terms)
        return {(row["player_lookup"], row["line_offset"]): row["input_id"] for row in rows}

    def _judge_outcome(self, key: Key, input_id: str, wanted: Expectation) -> tuple[str, str | None]:
        """Judge how one player ended, and return it."""
        rows = [
            r for r in self._rows["outcomes"] if (r["player_lookup"], r["input_id"]) == (key[0], input_id)
        ]
        self._judge(
            Rule.ONE_OUTCOME,
            len(rows) == 1,
            f"{key[0]} has {len(rows)} outcomes for his current input, not one",
        )
        end = (rows[0]["outcome"], rows[0]["reason"]) if rows else ("none", None)
        may_end = [(wanted.outcome, wanted.reason)]
        if self._is_exhausted((key[0], input_id)):
            may_end.append(("failed", "delivery_exhausted"))
        self._judge(Rule.ONE_OUTCOME, end in may_end or not rows, f"{key[0]} ended {end}, not {may_end}")
        return end

    def _is_exhausted(self, key: tuple[str, str]) -> bool:
        requested = self.watch.requests.of(key)
        return requested is not None and requested.times >= self.watch.requests.limit

    def _judge_forecasts(self, key: Key, input_id: str, wanted: Expectation) -> None:
        own = [r for r in self._rows["forecasts"] if (r["player_lookup"], r["line_offset"]) == key]
        if self._is_exhausted((key[0], input_id)) and not own:
            return
        counts = Counter(row["system_id"] for row in own)
        is_one = counts == dict.fromkeys(self.watch.settings.systems, 1)
        self._judge(
            Rule.ONE_FORECAST, is_one, f"readers see {dict(counts)} forecasts of {key}, not one a system"
        )
        newest: tuple[Any, ...] = (self.watch.feature_run.run_id, wanted.line)
        seen = {(row["feature_run_id"], row["line"]) for row in own}
        is_newest = seen == {newest} or self._is_exhausted((key[0], input_id))
        self._judge(Rule.ONE_FORECAST, is_newest, f"readers see {key[0]} from {seen}, not from {newest}")

    def _judge_ids(self) -> None:
        """A forecast that was made twice bears the same id, so that nothing counts it twice."""
        ids = Counter((r["player_lookup"], r["system_id"], r["input_id"]) for r in self._rows["written"])
        twice = [key for key, count in ids.items() if count > 1]
        self._judge(Rule.ONE_FORECAST, not twice, f"repeats of {len(twice)} forecasts bear other ids")

    def _judge_slate(self, ends: Counter[tuple[str, str | None]]) -> None:
        slate = self._rows["slates"][0]
        failed = sum(count for (outcome, _), count in ends.items() if outcome == "failed")
        state, has_gap = _state(ends, failed), failed >= 2 and failed > 0.05 * ends.total()
        self._judge(
            Rule.FINISHED_ONCE, slate["state"] == state, f"the slate is {slate['state']}, not {state}"
        )
        rows = [row for row in self._rows["history"] if row["run_id"] == slate["batch_id"]]
        newest = max(rows, key=lambda row: row["processed_at"], default={"status": "missing"})
        status = "partial" if state == "complete" and has_gap else _HISTORY_OF[state]
        self._judge(
            Rule.FINISHED_ONCE,
            newest["status"] == status or slate["batch_id"] is None,
            f"run history says {newest['status']} of the finishing batch of a {state} slate, not {status}",
        )

    def _judge_alerts(self) -> None:
        raised = raised_alerts(self._rows["slates"][0]["alerts_raised"])
        unsent = sorted(raised.keys() - {row["kind"] for row in self._rows["alerts"]})
        self._judge(Rule.ALERTED_ONCE, not unsent, f"raised and never confirmed as sent: {', '.join(unsent)}")


def _state(ends: Counter[tuple[str, str | None]], failed: int) -> str:
    predicted = sum(count for (outcome, _), count in ends.items() if outcome == "predicted")
    not_ready = ends[("skipped", "not_ready")]
    if not predicted and (failed or not_ready):
        return "failed"
    return "partial" if not_ready else "complete"

"""What must be true of the store when a run has settled."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sim_call import BEFORE_ALL
from sim_rules import Rule
from sim_watch import Watch
from sim_world import Expectation, World

from predictions.coordinator.terms import SlateTerms
from shared.alert_entries import read_entries
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
    "letters": "SELECT message_id, LOGICAL_AND(state = 'stored') AS waits FROM nba_reference.dead_letters"
    " WHERE game_date = @d GROUP BY message_id",
}
_OF_THE_WAY = (
    *("insufficient_data", "wait_timed_out", "publish_failed"),
    *("phase4_publish_failed", "sla_at_risk"),
)
_LINE_MOVES_BY = 0.25
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
        self._judge_refreshes()
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
        runs = self.watch.feature_run.same_since[key[0]]
        seen = {(row["feature_run_id"], row["line"]) for row in own}
        is_newest = all(run in runs and _is_unmoved(line, wanted.line) for run, line in seen)
        self._judge(
            Rule.ONE_FORECAST,
            is_newest or self._is_exhausted((key[0], input_id)),
            f"readers see {key[0]} from {seen}, not from one of {runs} at {wanted.line}",
        )

    def _judge_refreshes(self) -> None:
        """Whom nothing new concerned was not asked for another input; the features know the news."""
        features, requests = self.watch.feature_run, self.watch.requests
        for (player, offset), inputs in requests.inputs.items():
            changes = features.changes[player] + self.world.changes[player] + requests.forced[player]
            self._judge(
                Rule.UNMOVED,
                len(inputs) <= changes,
                f"{player} was requested for {len(inputs)} inputs at {offset:+}, after {changes} changes",
            )
        if features.is_counted:
            statuses = {player.lookup: player.status for player in self.world.players}
            self._judge(
                Rule.REFRESHED,
                features.statuses == statuses,
                f"the features know {features.statuses}, and it is {statuses}",
            )
        lost = self.watch.forecasts - {row["prediction_id"] for row in self._rows["written"]}
        self._judge(Rule.REFRESHED, not lost, f"{len(lost)} forecasts that were made are not there any more")

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
        sent: dict[str, datetime] = {}
        for row in self._rows["alerts"]:
            sent[row["kind"]] = max(sent.get(row["kind"], row["sent_at"]), row["sent_at"])
        entries = read_entries(self._rows["slates"][0]["alerts_raised"], None)
        unsent = [entry.name for entry in entries if sent.get(entry.name, BEFORE_ALL) < entry.at]
        self._judge(Rule.ALERTED_ONCE, not unsent, f"raised and never confirmed as sent: {', '.join(unsent)}")
        self._judge_what_stands({entry.name for entry in entries})

    def _judge_what_stands(self, names: set[str]) -> None:
        """Everybody has ended: what was alerted of the way there is over, letters only if none waits."""
        over = set(_OF_THE_WAY)
        if not any(row["waits"] for row in self._rows["letters"]):
            over.add("dead_letter")
        left = sorted(names & over)
        self._judge(Rule.RESOLVED, not left, f"raised, over, and never said so: {', '.join(left)}")


def _is_unmoved(line: float | None, now: float | None) -> bool:
    """Say whether a forecast made at this line still stands."""
    if line is None or now is None:
        return line is now
    return round(abs(line - now), 2) <= _LINE_MOVES_BY


def _state(ends: Counter[tuple[str, str | None]], failed: int) -> str:
    predicted = sum(count for (outcome, _), count in ends.items() if outcome == "predicted")
    not_ready = ends[("skipped", "not_ready")]
    if not predicted and (failed or not_ready):
        return "failed"
    return "partial" if not_ready else "complete"

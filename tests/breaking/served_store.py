"""What a data directory durably holds, read from a copy: the moment a kill fell in, and what must be true."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from predictions.coordinator.terms import SlateTerms
from shared.alert_entries import read_entries
from shared.clock import SystemClock
from shared.config import Settings
from shared.messages import COORDINATOR_PROCESSOR, PHASE4_PROCESSOR
from shared.ports import Row
from shared.statements import inline_statement, load_statement
from shared.warehouse.duckdb_warehouse import DuckDBWarehouse

SYSTEMS = Settings().systems
_READS = {
    "context": "SELECT * FROM nba_analytics.upcoming_player_game_context WHERE game_date = @d",
    "features": "SELECT feature_run_id FROM nba_predictions.ml_feature_store_v2 WHERE game_date = @d",
    "slates": "SELECT * FROM nba_reference.slates WHERE game_date = @d",
    "requests": "SELECT * FROM nba_predictions.prediction_requests WHERE game_date = @d",
    "answers": "SELECT * FROM nba_predictions.prediction_outcomes WHERE game_date = @d",
    "outcomes": "SELECT * FROM nba_predictions.prediction_outcomes_current WHERE game_date = @d",
    "forecasts": "SELECT * FROM nba_predictions.player_prop_predictions_current WHERE game_date = @d",
    "history": "SELECT * FROM nba_reference.processor_run_history WHERE data_date = @d",
    "alerts": "SELECT * FROM nba_reference.alerts WHERE game_date = @d",
}


@dataclass
class Acknowledged:
    """What the server has said is done, so that it must be in the file whatever happens next."""

    players: int = 0
    runs: list[str] = field(default_factory=list)
    batches: list[str] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class StoredSlate:
    """Every row of one slate, and each player as the product's own definition sees him."""

    rows: dict[str, list[Row]]
    players: list[Row]
    duplicate_keys: int

    @property
    def state(self) -> str:
        """Return the state on the slate's row."""
        return str(self.rows["slates"][0]["state"]) if self.rows["slates"] else "waiting"

    @property
    def moment(self) -> str:
        """Say how far the slate is."""
        if self.state in ("claimed", "predicting", "complete"):
            return {"complete": "after"}.get(self.state, self.state)
        if any(row["processor_name"] == PHASE4_PROCESSOR for row in self.rows["history"]):
            return "between phase 4 and claim"
        return "before phase 4 is recorded" if self.rows["context"] else "before the slate is loaded"

    @property
    def unconfirmed(self) -> set[str]:
        """Return what was raised, or resolved, and is not known to be sent since."""
        entries = read_entries(self.rows["slates"][0]["alerts_raised"], None)
        sent = [(row["kind"], row["sent_at"]) for row in self.rows["alerts"]]
        return {e.name for e in entries if not any(kind == e.name and at >= e.at for kind, at in sent)}


def read_slate(folder: Path, slate: date) -> StoredSlate:
    """Open a copy of the file, as a restart would, and read one slate; the server may be dead or not."""
    with _copy(folder) as store:
        present = store.columns()
        rows = {
            name: store.query(inline_statement(name, sql, d="DATE"), d=slate)
            if sql.split("FROM ")[1].split()[0] in present
            else []
            for name, sql in _READS.items()
        }
        if not rows["slates"]:
            return StoredSlate(rows, [], 0)
        terms = SlateTerms().parameters(slate, None, False)
        players = store.query(load_statement("predictions.coordinator", "slate_players"), **terms)
        twice = store.query(load_statement("local", "duplicate_keys"), game_date=slate)
        return StoredSlate(rows, players, twice[0]["duplicate_keys"])


@contextmanager
def _copy(folder: Path) -> Iterator[DuckDBWarehouse]:
    with tempfile.TemporaryDirectory() as spare:
        for file in folder.glob("nba.duckdb*"):
            if file.is_file():
                shutil.copy2(file, spare)
        store = DuckDBWarehouse(Path(spare) / "nba.duckdb", SystemClock())
        try:
            yield store
        finally:
            store.close()


def losses(stored: StoredSlate, said: Acknowledged) -> Iterator[str]:
    """Yield what was acknowledged and is not in the file."""
    expected = sum(row["is_expected"] for row in stored.players)
    if said.players and expected != said.players:
        yield f"a slate of {said.players} expected players was acknowledged, {expected} are stored"
    recorded = {row["run_id"] for row in stored.rows["history"]}
    for run_id in set(said.runs) - recorded:
        yield f"run {run_id} was acknowledged and is not in run history"
    requested = {row["batch_id"] for row in stored.rows["requests"]}
    for batch_id in set(said.batches) - requested:
        yield f"batch {batch_id} was acknowledged and has no requests"
    answered = Counter(row["batch_id"] for row in stored.rows["answers"])
    for batch_id, players in said.answers.items():
        if answered[batch_id] < players:
            yield f"{players} outcomes of {batch_id} were announced, {answered[batch_id]} are stored"


def faults(stored: StoredSlate, players: int) -> Iterator[str]:
    """Yield everything that is wrong with a slate that has ended, one sentence each."""
    expected = [row for row in stored.players if row["is_expected"]]
    if len(expected) != players:
        yield f"{len(expected)} players are expected, not {players}"
    if stored.state != "complete":
        yield f"the slate is {stored.state}, not complete"
    if stored.duplicate_keys:
        yield f"readers see {stored.duplicate_keys} keys more than once"
    yield from _player_faults(stored, expected)
    yield from _history_faults(stored)
    for kind, times in Counter(row["kind"] for row in stored.rows["alerts"]).items():
        if times > 1:
            yield f"the alert {kind} was confirmed {times} times"


def _player_faults(stored: StoredSlate, expected: list[Row]) -> Iterator[str]:
    outcomes = Counter((row["player_lookup"], row["input_id"]) for row in stored.rows["outcomes"])
    for row in expected:
        lookup = row["player_lookup"]
        if outcomes[lookup, row["input_id"]] != 1 or not row["is_terminal"]:
            yield f"{lookup} has {outcomes[lookup, row['input_id']]} outcomes ({row['outcome']}), not one"
        wanted = dict.fromkeys(SYSTEMS, 1) if row["outcome"] == "predicted" else {}
        own = [found for found in stored.rows["forecasts"] if found["player_lookup"] == lookup]
        if Counter(found["system_id"] for found in own) != wanted:
            yield f"readers see {len(own)} forecasts of {lookup}, who is {row['outcome']}"
        if any(found["feature_run_id"] != row["feature_run_id"] for found in own):
            yield f"readers see a forecast of {lookup} from an older feature run"


def _history_faults(stored: StoredSlate) -> Iterator[str]:
    batch_id = stored.rows["slates"][0]["batch_id"]
    ended = [row for row in stored.rows["history"] if row["processor_name"] == COORDINATOR_PROCESSOR]
    found = {row["status"] for row in ended if row["run_id"] == batch_id}
    if found != {"success"}:
        yield f"run history says {sorted(found)} of the batch that ended the slate, not success"

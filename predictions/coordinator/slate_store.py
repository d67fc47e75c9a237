"""The coordinator's reads and writes: one method a named SQL file or table, and no decisions."""

from collections.abc import Sequence
from datetime import date, datetime

from predictions.coordinator.changes import Changes, read_changes
from predictions.coordinator.collapse import ForecastSpread, forecast_spread
from predictions.coordinator.planning import Closing
from predictions.coordinator.snapshot import BatchProgress, Hold, Snapshot, State, only_row, read_snapshot
from predictions.coordinator.terms import Claim, SlateTerms
from shared.ports import Row, Statement, Warehouse
from shared.statements import load_statement


class SlateStore:
    """Reads slates, and changes them by compare-and-set or by appending."""

    def __init__(self, warehouse: Warehouse, terms: SlateTerms) -> None:
        self._warehouse = warehouse
        self.terms = terms

    def snapshot(self, game_date: date, min_minutes: float | None = None, force: bool = False) -> Snapshot:
        """Read where the slate stands."""
        parameters = self.terms.parameters(game_date, min_minutes, force)
        rows = self._warehouse.query(_statement("snapshot"), **parameters)
        return read_snapshot(game_date, rows)

    def batch_progress(self, game_date: date) -> BatchProgress:
        """Read how far the slate's newest batch is: far less work than a snapshot."""
        rows = self._warehouse.query(
            _statement("batch_progress"),
            game_date=game_date,
            in_flight_seconds=self.terms.in_flight_seconds,
            alive_since=self.terms.alive_since,
        )
        row = only_row(game_date, rows)
        return BatchProgress(row["requested_batch"], row["batch_is_in_flight"])

    def wanted(
        self,
        snapshot: Snapshot,
        min_minutes: float | None,
        force: bool,
        closing: Closing,
        only_player: str = "",
    ) -> list[Row] | None:
        """Read whom to act upon, or None if the slate is no longer what the snapshot saw.

        With `only_player`, a player_lookup, nobody else.
        """
        rows = self._warehouse.query(
            _statement("wanted_players"),
            closing=closing.value,
            only_player=only_player,
            **self.terms.parameters(snapshot.game_date, min_minutes, force),
        )
        first = rows[0]
        if (first["generation"], first["standing_run_id"]) != (
            snapshot.generation,
            snapshot.feature_run_id,
        ):
            return None
        return [row for row in rows if row["action"] is not None]

    def claim(self, snapshot: Snapshot, claim: Claim) -> int:
        """Take the slate if its generation still stands; return the changed rows."""
        return self._warehouse.execute(
            _statement("claim"),
            game_date=snapshot.game_date,
            generation=snapshot.generation,
            claim_id=claim.claim_id,
            owner=claim.owner,
            lease_seconds=self.terms.lease_seconds,
            batch_id=claim.batch_id,
            trigger_source=claim.trigger_source,
            feature_run_id=snapshot.feature_run_id,
            min_minutes=snapshot.min_minutes,
            expected=snapshot.expected,
        )

    def claim_holder(self, game_date: date) -> tuple[str | None, int]:
        """Read who holds the slate: the claim id and the generation."""
        row = self._warehouse.query(_statement("claim_holder"), game_date=game_date)[0]
        return row["claim_id"], row["generation"]

    def release(self, claim: Claim, state: State) -> None:
        """Give the slate back; nothing happens if it was finished or taken over meanwhile."""
        self._warehouse.execute(
            _statement("release"),
            game_date=claim.game_date,
            claim_id=claim.claim_id,
            state=state.value,
        )

    def forecast_spreads(self, game_date: date) -> list[ForecastSpread]:
        """Read how much the forecasts that count differ, by system: the slate's, and each batch's."""
        rows = self._warehouse.query(
            _statement("forecast_spread"), game_date=game_date, systems=list(self.terms.systems)
        )
        return [forecast_spread(row) for row in rows]

    def judge(self, snapshot: Snapshot) -> bool:
        """Keep the judgement of a batch whose slate goes on; say whether that was us.

        `snapshot` is the one that was read, with the judgement that was made since.
        """
        return self._change("judge", snapshot)

    def finish(self, snapshot: Snapshot, state: State) -> bool:
        """Set the final state, and the judgement, if the slate is still what was read; say if that was us."""
        return self._change("finish", snapshot, state=state.value)

    def _change(self, name: str, snapshot: Snapshot, **more: str) -> bool:
        """Change the slate's row if it is still what was read; say whether that was us."""
        changed = self._warehouse.execute(
            _statement(name),
            game_date=snapshot.game_date,
            generation=snapshot.generation,
            seen_state=snapshot.state.value,
            judgement=snapshot.judgement,
            released_batches=snapshot.released_batches,
            **more,
        )
        return changed == 1

    def hold(self, snapshot: Snapshot, hold: Hold | None, reason: str | None, by: str | None) -> bool:
        """Hold the slate, or release it, if its generation still stands; say whether that was us."""
        changed = self._warehouse.execute(
            _statement("hold"),
            game_date=snapshot.game_date,
            generation=snapshot.generation,
            hold=hold.value if hold else None,
            hold_reason=reason,
            held_by=by,
        )
        return changed == 1

    def record_requests(self, rows: Sequence[Row]) -> None:
        """Append what was published."""
        self._append("nba_predictions.prediction_requests", rows)

    def record_outcomes(self, rows: Sequence[Row]) -> None:
        """Append outcomes that need no worker."""
        self._append("nba_predictions.prediction_outcomes", rows)

    def record_run(self, row: Row) -> None:
        """Append one row of run history."""
        self._append("nba_reference.processor_run_history", [row])

    def record_dead_letters(self, rows: Sequence[Row]) -> None:
        """Append dead letters, or later states of them."""
        self._append("nba_reference.dead_letters", rows)

    def dead_letters(self, game_date: date, characters: int) -> list[Row]:
        """Read the slate's dead letters, oldest first, with so many characters of each body."""
        return self._warehouse.query(_statement("dead_letters"), game_date=game_date, characters=characters)

    def named_dead_letters(self, game_date: date, message_ids: Sequence[str]) -> list[Row]:
        """Read those of the slate's dead letters that are named, oldest first, whole."""
        return self._warehouse.query(
            _statement("named_dead_letters"), game_date=game_date, message_ids=list(message_ids)
        )

    def stored_letters(self, first_date: date, last_date: date) -> dict[date, int]:
        """Count the dead letters that nobody has dealt with, by slate; those without any are left out."""
        rows = self._warehouse.query(_statement("stored_letters"), first_date=first_date, last_date=last_date)
        return {row["game_date"]: row["letters"] for row in rows}

    def forecasting_systems(self, first_date: date, last_date: date) -> list[Row]:
        """Read which systems forecast on the newest slate of these dates that has forecasts."""
        return self._warehouse.query(
            _statement("forecasting_systems"), first_date=first_date, last_date=last_date
        )

    def store_now(self) -> datetime:
        """Read what the store takes for the time."""
        now: datetime = self._warehouse.query(_statement("store_clock"))[0]["store_now"]
        return now

    def prove_write_right(self, game_date: date) -> None:
        """Change nothing; raise DependencyRejected if we may not."""
        self._warehouse.execute(_statement("write_right"), game_date=game_date)

    def alerted_slates(self, kind: str, first_date: date, last_date: date) -> list[date]:
        """Read on which slates of some dates an alert of this kind is not over, or nobody was told so."""
        rows = self._warehouse.query(
            _statement("alerted_slates"), kind=kind, first_date=first_date, last_date=last_date
        )
        return [row["game_date"] for row in rows]

    def batches(self, game_date: date) -> list[Row]:
        """Read the slate's batches, oldest first."""
        return self._warehouse.query(_statement("batches"), game_date=game_date)

    def outcome_counts(self, game_date: date) -> list[Row]:
        """Read how many expected players ended how, by reason."""
        parameters = self.terms.parameters(game_date, None, False)
        return self._warehouse.query(_statement("outcome_counts"), **parameters)

    def player_states(self, game_date: date) -> list[Row]:
        """Read where each player on the slate stands, by game, team and player."""
        parameters = self.terms.parameters(game_date, None, False)
        return self._warehouse.query(
            _statement("player_states"), headline_system=self.terms.headline_system, **parameters
        )

    def changes(self, game_date: date) -> Changes:
        """Read whose line or status has changed since his forecast and the features."""
        parameters = self.terms.parameters(game_date, None, False)
        return read_changes(game_date, self._warehouse.query(_statement("changes"), **parameters))

    def not_ready(self, game_date: date) -> dict[str, int]:
        """Read how many players the features that stand keep from use, by reason."""
        rows = self._warehouse.query(_statement("not_ready"), game_date=game_date)
        return {row["reason"]: row["players"] for row in rows}

    def _append(self, table: str, rows: Sequence[Row]) -> None:
        if rows:
            self._warehouse.append(table, rows)


def _statement(name: str) -> Statement:
    return load_statement("predictions.coordinator", name)

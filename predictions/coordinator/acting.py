"""Carrying a decision out under a claim: publish, record the requests, release."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from predictions.coordinator.planning import Closing
from predictions.coordinator.player_loader import PlayerLoader, Wanted
from predictions.coordinator.slate_store import Claim, SlateStore
from predictions.coordinator.snapshot import Snapshot, State
from shared.clock import Clock
from shared.errors import DependencyUnavailable, SlateBusy
from shared.ids import batch_id, fresh_id, request_id
from shared.logs import current_correlation_id, get_logger
from shared.outcomes import OUTCOME_OF, Reason
from shared.ports import Publisher, PublishFailure, Row

_log = get_logger("coordinator")


@dataclass(frozen=True)
class Acted:
    """What was done: how many were wanted, published and ended at once, and what went wrong."""

    batch_id: str
    wanted: int
    published: int
    ended: int
    failures: tuple[str, ...] = ()


class BatchRunner:
    """Claims a slate and carries a plan out; dying anywhere leaves what the next question repairs."""

    def __init__(
        self,
        store: SlateStore,
        loader: PlayerLoader,
        publisher: Publisher,
        clock: Clock,
        owner: str,
        request_topic: str,
        call_timeout_seconds: float,
    ) -> None:
        self._store = store
        self._loader = loader
        self._publisher = publisher
        self._clock = clock
        self._owner = owner
        self._topic = request_topic
        self._call_timeout = timedelta(seconds=call_timeout_seconds)

    def run(
        self,
        snapshot: Snapshot,
        trigger_source: str,
        min_minutes: float | None,
        force: bool,
        closing: Closing,
    ) -> Acted | None:
        """Act on whoever is wanted, or return None if the slate has changed since the snapshot.

        Raises SlateBusy if another owner took the slate, or if the lease ran out on the way.
        """
        wanted = self._loader.load_wanted(snapshot, min_minutes, force, closing)
        if wanted is None:
            return None
        started_at = self._clock.now()
        claim = self._claim(snapshot, trigger_source)
        if claim is None:
            return None
        lease_until = started_at + timedelta(seconds=self._store.terms.lease_seconds)
        return self._carry_out(snapshot, claim, wanted, started_at, lease_until)

    def _claim(self, snapshot: Snapshot, trigger_source: str) -> Claim | None:
        """Take the slate; on any doubt read the row again: my claim id there means that I won."""
        claim = Claim(
            game_date=snapshot.game_date,
            claim_id=fresh_id(),
            owner=self._owner,
            batch_id=batch_id(
                snapshot.game_date, snapshot.feature_run_id or "no run", snapshot.generation + 1
            ),
            trigger_source=trigger_source,
            feature_run_id=snapshot.feature_run_id,
        )
        try:
            if self._store.claim(snapshot, claim) == 1:
                return claim
        except DependencyUnavailable as error:
            _log.warning("the claim is in doubt", event_name="claim_in_doubt", reason=str(error))
        holder, generation = self._store.claim_holder(snapshot.game_date)
        if holder == claim.claim_id:
            return claim
        if generation != snapshot.generation:
            raise SlateBusy("another owner took the slate first")
        return None

    def _carry_out(
        self,
        snapshot: Snapshot,
        claim: Claim,
        wanted: Wanted,
        started_at: datetime,
        lease_until: datetime,
    ) -> Acted:
        published, failures = self._publish(snapshot, claim, wanted, lease_until)
        self._require_lease(lease_until)
        self._store.record_requests([_request_row(claim, row, started_at) for row in published])
        self._require_lease(lease_until)
        self._store.record_outcomes(
            [_ending_row(claim, row, reason, started_at) for row, reason in wanted.endings]
        )
        did_anything = published or wanted.endings
        self._store.release(claim, State.PREDICTING if did_anything else State.WAITING)
        _log.info(
            "the batch was published",
            event_name="batch_published",
            batch_id=claim.batch_id,
            players_requested=len(published),
            players_ended=len(wanted.endings),
            players_not_published=len(wanted.requests) - len(published),
        )
        return Acted(
            batch_id=claim.batch_id,
            wanted=len(wanted.requests),
            published=len(published),
            ended=len(wanted.endings),
            failures=tuple(sorted({failure.reason for failure in failures})),
        )

    def _publish(
        self, snapshot: Snapshot, claim: Claim, wanted: Wanted, lease_until: datetime
    ) -> tuple[list[Row], Sequence[PublishFailure]]:
        """Publish all shards at once; return the rows that were taken, and the failures."""
        shards = list(
            self._loader.create_prediction_requests(
                snapshot, claim.batch_id, wanted.requests, current_correlation_id()
            )
        )
        if not shards:
            return [], []
        self._require_lease(lease_until)
        try:
            failures = self._publisher.publish(self._topic, [message.to_message() for message, _ in shards])
        except DependencyUnavailable as error:
            failures = [PublishFailure(index, str(error)) for index in range(len(shards))]
        lost = {failure.index for failure in failures}
        taken = [row for index, (_, rows) in enumerate(shards) if index not in lost for row in rows]
        return taken, failures

    def _require_lease(self, lease_until: datetime) -> None:
        """Start no publish or append that could outlive the claim; what remains stays wanted."""
        if self._clock.now() + self._call_timeout >= lease_until:
            raise SlateBusy("the lease is running out; what is left stays wanted")


def _request_row(claim: Claim, row: Row, requested_at: datetime) -> Row:
    return {
        "game_date": claim.game_date,
        "batch_id": claim.batch_id,
        "request_id": request_id(claim.batch_id, row["player_lookup"], row["line_offset"]),
        "player_lookup": row["player_lookup"],
        "line_offset": row["line_offset"],
        "input_id": row["input_id"],
        "feature_run_id": claim.feature_run_id or "",
        "trigger_source": claim.trigger_source,
        "correlation_id": current_correlation_id(),
        "requested_at": requested_at,
    }


def _ending_row(claim: Claim, row: Row, reason: Reason, created_at: datetime) -> Row:
    return {
        "game_date": claim.game_date,
        "request_id": request_id(claim.batch_id, row["player_lookup"], row["line_offset"]),
        "batch_id": claim.batch_id,
        "player_lookup": row["player_lookup"],
        "input_id": row["input_id"],
        "outcome": OUTCOME_OF[reason].value,
        "reason": reason.value,
        "detail": None,
        "correlation_id": current_correlation_id(),
        "created_at": created_at,
    }

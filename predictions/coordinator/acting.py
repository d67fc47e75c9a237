"""Carrying a decision out under a claim: publish, record the requests, release."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from predictions.coordinator.claiming import Claims
from predictions.coordinator.ledger import ending_row, request_row
from predictions.coordinator.planning import Closing, Decision
from predictions.coordinator.player_loader import PlayerLoader, Wanted
from predictions.coordinator.slate_store import SlateStore
from predictions.coordinator.snapshot import Snapshot, State
from predictions.coordinator.terms import Claim
from shared.clock import Clock
from shared.errors import DependencyUnavailable
from shared.logs import current_correlation_id, get_logger
from shared.ports import Publisher, PublishFailure, Row
from shared.telemetry import count, note, span

_log = get_logger("coordinator")


@dataclass(frozen=True)
class Acted:
    """What was done: how many were wanted, published and ended at once, and what went wrong."""

    batch_id: str
    wanted: int
    published: int
    ended: int
    failures: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reply:
    """What a question came to: what was seen, what was decided, what was done."""

    snapshot: Snapshot
    decision: Decision
    acted: Acted | None = None
    waited_seconds: float = 0.0


class BatchRunner:
    """Claims a slate and carries a plan out; dying anywhere leaves what the next question repairs."""

    def __init__(
        self,
        store: SlateStore,
        claims: Claims,
        loader: PlayerLoader,
        publisher: Publisher,
        clock: Clock,
        request_topic: str,
        call_timeout_seconds: float,
    ) -> None:
        self._store = store
        self._claims = claims
        self._loader = loader
        self._publisher = publisher
        self._clock = clock
        self._topic = request_topic
        self._call_timeout = timedelta(seconds=call_timeout_seconds)

    def run(
        self,
        snapshot: Snapshot,
        trigger_source: str,
        min_minutes: float | None,
        force: bool,
        closing: Closing,
        only_player: str = "",
    ) -> Acted | None:
        """Act on whoever is wanted, or return None if that has changed since the snapshot.

        With `only_player`, a player_lookup, on nobody else.
        Raises SlateBusy if another owner took the slate, DependencyUnavailable if the lease ran out
        on the way or a call failed.
        """
        wanted = self._loader.load_wanted(snapshot, min_minutes, force, closing, only_player)
        if wanted is None or wanted.is_empty:
            return None
        started_at = self._clock.now()
        claim = self._claims.take(snapshot, trigger_source)
        if claim is None:
            return None
        lease_until = started_at + timedelta(seconds=self._store.terms.lease_seconds)
        return self._carry_out(snapshot, claim, wanted, started_at, lease_until)

    def _carry_out(
        self,
        snapshot: Snapshot,
        claim: Claim,
        wanted: Wanted,
        started_at: datetime,
        lease_until: datetime,
    ) -> Acted:
        correlation_id = current_correlation_id()
        note(batch_id=claim.batch_id, players=len(wanted.requests))
        published, failures = self._publish(snapshot, claim, wanted, lease_until)
        self._require_lease(lease_until)
        requests = [request_row(claim, row, correlation_id, started_at) for row in published]
        with span("record requests", players=len(requests)):
            self._store.record_requests(requests)
        self._require_lease(lease_until)
        endings = [
            ending_row(claim, row, reason, correlation_id, started_at) for row, reason in wanted.endings
        ]
        self._store.record_outcomes(endings)
        did_anything = published or wanted.endings
        self._store.release(claim, State.PREDICTING if did_anything else State.WAITING)
        count("players_requested", len(published))
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

    @span("publish shards")
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
            raise DependencyUnavailable("the lease is running out; what is left stays wanted")

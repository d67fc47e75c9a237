"""Taking a slate: one compare-and-set, and a second look whenever its answer leaves a doubt."""

from predictions.coordinator.slate_store import SlateStore
from predictions.coordinator.snapshot import Snapshot
from predictions.coordinator.terms import Claim
from shared.errors import AppError, SlateBusy
from shared.ids import batch_id, fresh_id
from shared.logs import get_logger
from shared.telemetry import span

_log = get_logger("coordinator")


class Claims:
    """Takes slates for one owner; the store decides who won."""

    def __init__(self, store: SlateStore, owner: str) -> None:
        self._store = store
        self._owner = owner

    @span("claim")
    def take(self, snapshot: Snapshot, trigger_source: str) -> Claim | None:
        """Take the slate, or return None if nobody did, so that it may be asked for again.

        On no changed row or any error the row is read again: my claim id there means that I won.
        Raises SlateBusy if another owner was first.
        """
        claim = self._new(snapshot, trigger_source)
        if self._is_confirmed(snapshot, claim):
            return claim
        holder, generation = self._store.claim_holder(snapshot.game_date)
        if holder == claim.claim_id:
            return claim
        if generation != snapshot.generation:
            raise SlateBusy("another owner took the slate first")
        return None

    def _is_confirmed(self, snapshot: Snapshot, claim: Claim) -> bool:
        try:
            return self._store.claim(snapshot, claim) == 1
        except AppError as error:  # refused, conflicting or lost on the way: only the row can tell
            _log.warning("the claim is in doubt", event_name="claim_in_doubt", reason=str(error))
            return False

    def _new(self, snapshot: Snapshot, trigger_source: str) -> Claim:
        run_id = snapshot.feature_run_id
        return Claim(
            game_date=snapshot.game_date,
            claim_id=fresh_id(),
            owner=self._owner,
            batch_id=batch_id(snapshot.game_date, run_id or "no run", snapshot.generation + 1),
            trigger_source=trigger_source,
            feature_run_id=run_id,
        )

"""One player of a slate, for people: where he stands and why, and a forecast of him again, now."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from predictions.coordinator.acting import Acted, BatchRunner
from predictions.coordinator.explaining import Explanation, explain, explain_over
from predictions.coordinator.naming import find_player, plain
from predictions.coordinator.planning import Closing
from predictions.coordinator.progress_tracker import ProgressTracker
from predictions.coordinator.slate_store import SlateStore
from predictions.coordinator.snapshot import Snapshot, require_unchanged
from shared.clock import Clock
from shared.errors import DependencyUnavailable, SlateBusy
from shared.logs import get_logger
from shared.ports import Row
from shared.slate import is_over

_ROUNDS = 3
_SOURCE_CHARACTERS = 64
_log = get_logger("coordinator")


@dataclass(frozen=True)
class Case:
    """One player of one slate at one moment; `row` is None if the slate has nobody on it at all."""

    game_date: date
    player_lookup: str
    player_name: str
    row: Row | None
    explanation: Explanation
    can_be_requested: bool


@dataclass(frozen=True)
class Requested:
    """What became of a wish for one player: a batch of his own, or none, and the case says why.

    `features_are_behind`: his status, or that of somebody in his team, has changed since the features.
    """

    case: Case
    batch_id: str | None = None
    features_are_behind: bool = False


class PlayerDesk:
    """Finds a player by name, explains him, and asks for him alone."""

    def __init__(
        self, store: SlateStore, runner: BatchRunner, tracker: ProgressTracker, clock: Clock
    ) -> None:
        self._store = store
        self._runner = runner
        self._tracker = tracker
        self._clock = clock

    def states(self, game_date: date) -> list[Row]:
        """Return where each player on the slate stands, by game, team and player."""
        return self._store.player_states(game_date)

    def explain(self, game_date: date, player: str) -> Explanation:
        """Say which rule decides about a player; raises as `find_player`."""
        return self.case(game_date, player).explanation

    def case(self, game_date: date, player: str) -> Case:
        """Return all that is known about a player now; raises as `find_player`."""
        return _case(self._store.snapshot(game_date), self.states(game_date), player)

    def wish(self, game_date: date, player: str) -> Case:
        """Return what a wish for a player comes to now: he can be asked for, or why not."""
        return self._wish(self.case(game_date, player))

    def _wish(self, case: Case) -> Case:
        """Refuse a forecast after the slate's day: it would stand in place of the one that is graded."""
        if not is_over(case.game_date, self._clock.now()):
            return case
        why = explain_over(case.explanation, case.player_name)
        return replace(case, explanation=why, can_be_requested=False)

    def predict(self, game_date: date, player: str, by: str, generation: int | None = None) -> Requested:
        """Ask for a forecast of one player from what is known now, whatever forecast there is already.

        The slate is claimed as by everybody else, and ends again by the rules once he was answered. Who is
        not ready, or whose slate is held or over, is not asked for. Raises SlateBusy while somebody else is
        at the slate, SlateChanged if it has no longer the generation that the caller saw,
        DependencyUnavailable if the request could not be published, and as `find_player`.
        """
        for _ in range(_ROUNDS):
            snapshot, rows = self._store.snapshot(game_date), self.states(game_date)
            require_unchanged(snapshot, generation)
            case = self._wish(_case(snapshot, rows, player))
            if not case.can_be_requested:
                return Requested(case)
            if snapshot.is_claimed:
                raise SlateBusy("somebody else is starting a batch of this slate")
            acted = self._ask(snapshot, case, by)
            if acted is not None:
                self._after(game_date, acted)
                return Requested(case, acted.batch_id, features_are_behind(rows, case.row))
        raise DependencyUnavailable("the slate keeps changing, or cannot be claimed")

    def _ask(self, snapshot: Snapshot, case: Case, by: str) -> Acted | None:
        _log.info(
            "one player is asked for",
            event_name="player_asked_for",
            game_date=case.game_date.isoformat(),
            player_lookup=case.player_lookup,
            by=by,
        )
        source = f"player:{case.player_lookup}"[:_SOURCE_CHARACTERS]
        return self._runner.run(
            snapshot, source, None, force=True, closing=Closing.NOBODY, only_player=case.player_lookup
        )

    def _after(self, game_date: date, acted: Acted) -> None:
        self._tracker.on_outcomes(game_date)
        if acted.failures:
            raise DependencyUnavailable(f"the request could not be published: {acted.failures[0]}")


def can_be_requested(row: Row | None, snapshot: Snapshot) -> bool:
    """Say whether a worker may be asked for him: expected and ready, on a slate that nobody holds."""
    return row is not None and row["is_expected"] and row["is_ready"] and snapshot.hold is None


def features_are_behind(rows: Sequence[Row], row: Row | None) -> bool:
    """Say whether somebody in his team has another status than the features saw, or he himself has."""
    return row is not None and any(
        mate["status_at_features"] not in (None, mate["status"])
        for mate in rows
        if mate["team"] == row["team"]
    )


def _case(snapshot: Snapshot, rows: Sequence[Row], player: str) -> Case:
    """Find and explain a player; while the slate is empty nobody can be found, and that is why."""
    row = find_player(rows, player) if rows else None
    lookup, name = (row["player_lookup"], row["player_name"]) if row else (plain(player), player)
    return Case(
        snapshot.game_date, lookup, name, row, explain(row, snapshot), can_be_requested(row, snapshot)
    )

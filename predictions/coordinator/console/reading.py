"""The console's reads: one method a page, every read of it at the same time. They change nothing."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from datetime import date, timedelta
from functools import partial
from typing import Any

from predictions.coordinator.console.parts import Part, Parts, SlateReads
from predictions.coordinator.letters import PREVIEW_CHARACTERS
from predictions.coordinator.slate_store import SlateStore
from shared.errors import AppError
from shared.logs import get_logger
from shared.ports import Row, Statement, Warehouse
from shared.statements import load_statement

ACCURACY_DAYS = 30
_PAGES_AT_ONCE, _READS_A_PAGE = 2, 7

Reads = dict[str, Callable[[], Any]]
_log = get_logger("console")


class ConsoleReader:
    """Reads for pages; `headline_system` is the one whose forecasts are shown first.

    A part that cannot be read is a Part with a fault. Without the snapshot there is no page: its error is
    raised, as it came.
    """

    def __init__(self, warehouse: Warehouse, store: SlateStore) -> None:
        self._warehouse = warehouse
        self._store = store
        self._threads = ThreadPoolExecutor(_PAGES_AT_ONCE * _READS_A_PAGE, thread_name_prefix="console")

    def slate(self, game_date: date) -> SlateReads:
        """Read all of a slate's page: seven reads."""
        return self._of_slate(
            game_date, {**self._live(game_date), "forecasts": lambda: self._forecasts(game_date)}
        )

    def live(self, game_date: date) -> SlateReads:
        """Read what of a slate's page changes while the slate is under way: six reads."""
        return self._of_slate(game_date, self._live(game_date))

    def forecasts(self, game_date: date) -> list[Row]:
        """Read each player's forecast that is shown first: one read."""
        return self._forecasts(game_date)

    def player(self, game_date: date, player_lookup: str) -> Part[list[Row]]:
        """Read every forecast of a player on a slate, newest first: one read."""
        return self._read(
            {"forecasts": lambda: self._query("player_forecasts", game_date, player_lookup=player_lookup)}
        )["forecasts"]

    def accuracy(self, last_date: date) -> Parts:
        """Read what came of the forecasts of 30 days up to a slate: two reads."""
        days = {"first_date": last_date - timedelta(days=ACCURACY_DAYS - 1), "last_date": last_date}
        scores = load_statement("predictions.grading", "graded_slates")
        return self._read(
            {
                "scores": lambda: self._warehouse.query(scores, **days),
                "calibration": lambda: self._warehouse.query(_statement("calibration"), **days),
            }
        )

    def generation(self, game_date: date) -> int:
        """Read how often somebody has acted on a slate: one small read."""
        return self._store.claim_holder(game_date)[1]

    def season(self, first_date: date, last_date: date) -> list[Row]:
        """Read a season's slates: one read."""
        return self._warehouse.query(_statement("season_slates"), first_date=first_date, last_date=last_date)

    def _live(self, game_date: date) -> Reads:
        return {
            "states": lambda: self._store.player_states(game_date),
            "batches": lambda: self._store.batches(game_date),
            "runs": lambda: self._query("runs", game_date),
            "alerts": lambda: self._query("sent_alerts", game_date),
            "letters": lambda: self._store.dead_letters(game_date, PREVIEW_CHARACTERS),
        }

    def _of_slate(self, game_date: date, reads: Reads) -> SlateReads:
        snapshot = self._submit(lambda: self._store.snapshot(game_date))
        parts = self._read(reads)
        return SlateReads(snapshot.result(), parts)

    def _forecasts(self, game_date: date) -> list[Row]:
        return self._query("headline_forecasts", game_date, headline_system=self._store.terms.headline_system)

    def _read(self, reads: Reads) -> Parts:
        """Read all at once and return each by its name."""
        running = {name: self._submit(partial(_part, name, read)) for name, read in reads.items()}
        return {name: future.result() for name, future in running.items()}

    def _submit(self, read: Callable[[], Any]) -> Future[Any]:
        return self._threads.submit(copy_context().run, read)  # its log lines are of this request

    def _query(self, name: str, game_date: date, **more: Any) -> list[Row]:
        return self._warehouse.query(_statement(name), game_date=game_date, **more)


def _part(name: str, read: Callable[[], Any]) -> Part[Any]:
    try:
        return Part(read())
    except AppError as error:
        _log.error(
            "a part of a page could not be read", event_name="part_unread", unread=name, reason=str(error)
        )
        return Part(fault=str(error))


def _statement(name: str) -> Statement:
    return load_statement("predictions.coordinator.console", name)

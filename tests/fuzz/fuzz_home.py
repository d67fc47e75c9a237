"""The services as in the cloud, guard and all, on a store in memory; beside them the local api."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from flask import Flask
from issuer import Issuer

import local.api
from data_processors.precompute.ml_feature_store.ml_feature_store_processor import MLFeatureStoreProcessor
from data_processors.precompute.service import create_app as create_precompute_app
from local.loading import load_sample
from predictions.coordinator.callers import VerifiedCallers
from predictions.coordinator.coordinator import create_app as create_coordinator_app
from predictions.coordinator.visitors import VerifiedVisitors
from predictions.coordinator.wiring import build_coordinator
from predictions.worker.wiring import build_predict_shard
from predictions.worker.worker import create_app as create_worker_app
from shared.access import coordinator_routes, install_access, precompute_routes, worker_routes
from shared.alerts import AlertDesk, LogAlerter
from shared.clock import FakeClock
from shared.config import Settings, load_settings
from shared.ids import digest
from shared.messaging.recording import RecordingPublisher
from shared.ports import Statement
from shared.slate import slate_date
from shared.statements import inline_statement
from shared.tokens import build_verifier
from shared.warehouse.catalog import tables
from shared.warehouse.duckdb_warehouse import DuckDBWarehouse

AUDIENCE = "https://service.test"
PUSH, SCHEDULER, PHASE3, OPERATOR = "push@p.test", "scheduler@p.test", "phase3@p.test", "operator@p.test"
NOW = datetime(2025, 1, 15, 13, tzinfo=UTC)
PLAYERS = 20
_CALM = {"nba_reference.slates": "WHERE generation > 0 OR alerts_raised != ''"}


class CountingStore(DuckDBWarehouse):
    """Counts the calls that may change a table."""

    writes = 0

    def append(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        self.writes += 1
        super().append(table, rows)

    def execute(self, statement: Statement, **parameters: Any) -> int:
        self.writes += 1
        return super().execute(statement, **parameters)

    def replace_partition(self, table: str, partition: date, rows: Sequence[Mapping[str, Any]]) -> None:
        self.writes += 1
        super().replace_partition(table, partition, rows)


class Home:
    """All services on one store, which holds a small slate that is predicted; `apps` by name."""

    def __init__(self) -> None:
        self.clock = clock = FakeClock(NOW)
        self.issuer = Issuer(clock.now)
        self.publisher = RecordingPublisher()
        self.settings = settings_for(self.issuer)
        self._store = CountingStore(None, clock, threads=1)
        self._store.create_schema()
        self.apps = self._guarded() | {"local": self._local()}
        load_sample(self._store, slate_date(clock.now()), PLAYERS, clock, history_games=3)

    def headers(self, caller: str = OPERATOR) -> dict[str, str]:
        """Return what proves a caller, at the moment of asking."""
        return {"Authorization": f"Bearer {self.issuer.token(caller, AUDIENCE)}"}

    def changes(self) -> tuple[int, int]:
        """Return how often anything was done that may change a table, and how much was published."""
        return self._store.writes, len(self.publisher.published)

    def digest(self) -> str:
        """Return what stands for every row of every table, and for every message that was published."""
        published = [(topic, told.data, told.attributes) for topic, told in self.publisher.published]
        stored = [self._rows(name) for name, declared in tables().items() if not declared.is_view]
        return digest(published, *stored)

    def close(self) -> None:
        """Let the store and the issuer go."""
        self._store.close()
        self.issuer.close()

    def _rows(self, table: str) -> list[str]:
        sql = f"SELECT * FROM {table} {_CALM.get(table, '')}"
        return sorted(map(repr, self._store.query(inline_statement("all", sql))))

    def _guarded(self) -> dict[str, Flask]:
        store, publisher, clock, settings = self._store, self.publisher, self.clock, self.settings
        verifier = build_verifier(settings, clock)
        coordinator = build_coordinator(settings, store, publisher, LogAlerter(), clock)
        callers = VerifiedCallers(settings.scheduler_identities)
        visitors = VerifiedVisitors(None, verifier, settings.operator_identities)
        desk = AlertDesk(store, LogAlerter(), clock)
        processor = MLFeatureStoreProcessor(store, publisher, desk, clock, settings)
        predict = build_predict_shard(settings, store, publisher, clock)
        apps = {
            "coordinator": create_coordinator_app(coordinator, settings, callers, _fit, visitors),
            "worker": create_worker_app(predict, settings, _fit),
            "precompute": create_precompute_app(processor, settings, _fit),
        }
        install_access(apps["coordinator"], verifier, coordinator_routes(settings))
        install_access(apps["worker"], verifier, worker_routes(settings))
        install_access(apps["precompute"], verifier, precompute_routes(settings))
        return apps

    def _local(self) -> Flask:
        return local.api.create_app(self._store, self.clock, self.settings.retry_after_seconds, dict)


def settings_for(issuer: Issuer) -> Settings:
    """Return the settings under which the issuer's tokens are good, and no call waits."""
    return load_settings(
        token_certs_url=issuer.url,
        token_audiences=(AUDIENCE,),
        push_identities=(PUSH,),
        scheduler_identities=(SCHEDULER,),
        phase3_identities=(PHASE3,),
        operator_identities=(OPERATOR,),
        phase4_poll_seconds=1680,
    )


@contextmanager
def homes() -> Iterator[Callable[[], Home]]:
    """Lend a way to make homes, which are closed at the end."""
    made: list[Home] = []

    def make() -> Home:
        made.append(Home())
        return made[-1]

    try:
        yield make
    finally:
        for home in made:
            home.close()


def _fit(*_: Any) -> None:
    """Find nothing wrong with the store."""

"""The looks that the doctor takes at the store, the messages, the alerts and the settings."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from predictions.coordinator.slate_store import SlateStore
from shared.alert_entries import read_entries
from shared.clock import Clock
from shared.config import Settings
from shared.ports import TopologyCheck, Warehouse
from shared.slate import slate_date
from shared.warehouse.schema_check import check_schema

MOST_APART = timedelta(seconds=5)
LOOKS_BACK = timedelta(days=7)


@dataclass(frozen=True)
class Finding:
    """What one look has found, and what to type if that is wrong; `is_ok` None: it cannot be told here."""

    name: str
    is_ok: bool | None
    found: str
    next_step: str = ""


@dataclass(frozen=True)
class Look:
    """One check: its name, what it asks, what to type if even asking fails, and whether it asks the store."""

    name: str
    ask: Callable[[], Finding]
    next_step: str
    is_of_the_store: bool = True


class Checkups:
    """Every look, on what a coordinator is made of; each may raise what its dependency raises."""

    def __init__(
        self,
        warehouse: Warehouse,
        store: SlateStore,
        topology: TopologyCheck | None,
        settings: Settings,
        clock: Clock,
        is_embedded: bool,
    ) -> None:
        self._warehouse = warehouse
        self._store = store
        self._topology = topology
        self._settings = settings
        self._clock = clock
        self._is_embedded = is_embedded

    def looks(self) -> tuple[Look, ...]:
        """Return every look, in the order in which they are taken."""
        return (
            Look("schema", self._schema, "bin/bigquery/apply_schemas.sh"),
            Look("clock", self._clocks, "Try again; then look at the store's status page."),
            Look("write_right", self._write_right, "bin/predictions/deploy/deploy_prediction_coordinator.sh"),
            Look("topology", self._topics, "bin/phase5/deploy_pubsub_infrastructure.sh", False),
            Look("dead_letters", self._dead_letters, "nba-props dead-letters"),
            Look("unconfirmed_alerts", self._unconfirmed, "nba-props alerts test"),
            Look("alert_channels", self._channels, "nba-props alerts test", False),
            Look("systems", self._systems, "nba-props status"),
        )

    def _schema(self) -> Finding:
        check_schema(self._warehouse)
        return Finding("schema", True, "every table and column is there")

    def _clocks(self) -> Finding:
        before = self._clock.now()
        store = self._store.store_now()
        after = self._clock.now()
        apart = max(before - store, store - after, timedelta())
        found = f"the store's clock and ours are {apart.total_seconds():.1f} s apart"
        if apart <= MOST_APART:
            return Finding("clock", True, found)
        step = "Set the clock of the machine: leases and the deadline are judged by both."
        return Finding("clock", False, found, step)

    def _write_right(self) -> Finding:
        self._store.prove_write_right(slate_date(self._clock.now()))
        return Finding("write_right", True, "slates may be changed")

    def _topics(self) -> Finding:
        if self._topology is None:
            return Finding("topology", None, "nothing here knows the topics that there are")
        faults = self._topology.missing()
        if not faults:
            return Finding("topology", True, "every topic and subscription is there")
        told = "; ".join(f"{fault.name}: {fault.reason}" for fault in faults)
        step = "bin/phase5/deploy_pubsub_infrastructure.sh, or bin/phase5/resume.sh if somebody paused it"
        return Finding("topology", False, told, step)

    def _dead_letters(self) -> Finding:
        today = slate_date(self._clock.now())
        found = self._store.stored_letters(today - LOOKS_BACK, today + timedelta(days=1))
        if not found:
            return Finding("dead_letters", True, "nobody has to deal with a dead letter")
        told = ", ".join(f"{letters} of {day}" for day, letters in found.items())
        step = f"nba-props dead-letters --date {min(found)}"
        return Finding("dead_letters", False, f"dead letters wait: {told}", step)

    def _unconfirmed(self) -> Finding:
        now = self._clock.now()
        snapshot = self._store.snapshot(slate_date(now))
        left = [
            entry.name
            for entry in read_entries(snapshot.alerts_raised, snapshot.alerts_confirmed)
            if entry.is_left(now)
        ]
        if not left:
            return Finding("unconfirmed_alerts", True, "every alert of today's slate was sent")
        told = f"nobody knows whether these alerts were sent: {', '.join(left)}"
        return Finding("unconfirmed_alerts", False, told, "nba-props alerts test")

    def _channels(self) -> Finding:
        settings = self._settings
        if self._is_embedded:
            return Finding("alert_channels", None, "the embedded stack alerts in its log alone")
        named = (settings.alert_urls, settings.alert_urls_critical, settings.alert_urls_warning)
        count = sum(len(urls.get_secret_value().split()) for urls in named)
        if count:
            return Finding(
                "alert_channels", True, f"{count} channels are set; nba-props alerts test tries them"
            )
        step = "Set ALERT_URLS (docs/deploy.md), deploy, then nba-props alerts test"
        return Finding("alert_channels", False, "alerts reach nobody: ALERT_URLS is empty", step)

    def _systems(self) -> Finding:
        today = slate_date(self._clock.now())
        rows = self._store.forecasting_systems(today - LOOKS_BACK, today + timedelta(days=1))
        if not rows:
            return Finding("systems", None, "nobody was forecast in the last 7 days")
        day, headline = rows[0]["game_date"], self._settings.headline_system
        silent = [name for name in self._settings.systems if name not in {row["system_id"] for row in rows}]
        if not silent:
            return Finding("systems", True, f"every system forecast on {day}, the headline {headline} too")
        told = f"on {day} nothing was forecast by {', '.join(silent)}"
        step = "If they were added since, the next batch has them; else mend ACTIVE_SYSTEMS and deploy."
        return Finding("systems", False, told, step)

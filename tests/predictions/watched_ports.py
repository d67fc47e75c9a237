"""Doubles of the coordinator's ports that write down what is asked of them and fail when told to."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from shared.errors import DependencyUnavailable
from shared.messages import Phase4Refresh, PredictionRequest
from shared.messaging.recording import RecordingPublisher
from shared.ports import Alert, OutgoingMessage, PublishFailure, Row, Statement, Warehouse

Result = TypeVar("Result")
Action = Callable[[], None]


class Died(BaseException):
    """The process is killed here; nobody catches it."""


class WatchedWarehouse:
    """The Warehouse port in front of a store: a list of the calls, and actions before and after them.

    A call is known by its statement's name or by its table's; an action is used once.
    """

    def __init__(self, store: Warehouse) -> None:
        self.calls: list[str] = []
        self.parameters: list[Mapping[str, Any]] = []
        self._store = store
        self._before: dict[str, list[Action]] = {}
        self._after: dict[str, list[Action]] = {}

    def before(self, call: str, action: Action) -> None:
        """Do this before the next such call; an action that raises keeps the call from happening."""
        self._before.setdefault(call, []).append(action)

    def after(self, call: str, action: Action) -> None:
        """Do this after the next such call has taken effect."""
        self._after.setdefault(call, []).append(action)

    def breaks(self, call: str, times: int = 1) -> None:
        """Answer the next calls with an error, before they take effect."""
        for _ in range(times):
            self.before(call, raising(DependencyUnavailable("the store did not answer")))

    def query(self, statement: Statement, **parameters: Any) -> list[Row]:
        return self._call(statement.name, parameters, lambda: self._store.query(statement, **parameters))

    def execute(self, statement: Statement, **parameters: Any) -> int:
        return self._call(statement.name, parameters, lambda: self._store.execute(statement, **parameters))

    def append(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        self._call(table.partition(".")[2], {"rows": rows}, lambda: self._store.append(table, rows))

    def replace_partition(self, table: str, partition: date, rows: Sequence[Mapping[str, Any]]) -> None:
        raise AssertionError("the coordinator replaces no partition")

    def columns(self) -> dict[str, dict[str, str]]:
        return self._store.columns()

    def _call(self, name: str, parameters: Mapping[str, Any], do: Callable[[], Result]) -> Result:
        self.calls.append(name)
        self.parameters.append(parameters)
        _next(self._before, name)
        result = do()
        _next(self._after, name)
        return result


class WatchedPublisher(RecordingPublisher):
    """A RecordingPublisher with an action after what was published has been taken, used once."""

    def __init__(self) -> None:
        super().__init__()
        self.after: list[Action] = []

    def publish(self, topic: str, messages: Sequence[OutgoingMessage]) -> list[PublishFailure]:
        failures = super().publish(topic, messages)
        if self.after:
            self.after.pop(0)()
        return failures

    def shards(self) -> list[PredictionRequest]:
        """Return the request messages, in the order of publishing."""
        return [
            PredictionRequest.model_validate_json(message.data)
            for _, message in self.published
            if "batch_id" in message.attributes
        ]

    def refreshes(self) -> list[Phase4Refresh]:
        """Return the wishes for newer features, in the order of publishing."""
        return [
            Phase4Refresh.model_validate_json(message.data)
            for topic, message in self.published
            if topic == "nba-phase4-refresh"
        ]

    def players(self) -> list[str]:
        """Return the players who were requested, in the order of publishing, repeats included."""
        return [player["player_lookup"] for shard in self.shards() for player in shard.players]


class RecordingAlerter:
    """The Alerter port on a list; set `is_down` to have it refuse."""

    def __init__(self) -> None:
        self.sent: list[Alert] = []
        self.is_down = False

    def send(self, alert: Alert) -> None:
        if self.is_down:
            raise DependencyUnavailable("the channel did not answer")
        self.sent.append(alert)

    def kinds(self) -> list[str]:
        """Return the kinds that were sent, in order."""
        return [alert.kind for alert in self.sent]


def raising(error: BaseException) -> Action:
    """Return an action that raises."""

    def act() -> None:
        raise error

    return act


def _next(actions: dict[str, list[Action]], name: str) -> None:
    if actions.get(name):
        actions[name].pop(0)()

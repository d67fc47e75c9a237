"""Following a slate until it has ended, past a server that goes away for a moment."""

from collections.abc import Callable
from datetime import datetime

from cli.asking import reading
from cli.overview import overview
from local.client import Body, StackClient
from local.failures import OddAnswer
from predictions.coordinator.snapshot import State
from shared.clock import Clock
from shared.errors import DependencyUnavailable

INTERVAL_SECONDS = 2.0
ENDED = (*(state.value for state in State if state.is_finished), "cancelled")
MOVING = ("now", "seconds_left", "projected_completion")
"""What differs in every answer, and is no change."""

Connect = Callable[[], StackClient | None]
Show = Callable[[Body, str], None]


def follow(connect: Connect, slate: dict[str, str], show: Show, clock: Clock) -> None:
    """Show each status, with a word on a server that does not answer, until the slate has ended.

    `connect` is called again after every silence, since a server may come back elsewhere. Raises what an
    answer that is no status says.
    """
    body: Body = {}
    client: StackClient | None = None
    silent_since: datetime | None = None
    while body.get("state") not in ENDED:
        try:
            client = client or connect()
            body = _status(client, slate)
            silent_since = None
        except OddAnswer:
            raise
        except DependencyUnavailable:
            client = None
            silent_since = silent_since or clock.now()
        show(body, f"no answer since {silent_since:%H:%M:%S}Z; trying again" if silent_since else "")
        if body.get("state") not in ENDED:
            clock.sleep(INTERVAL_SECONDS)


def changes(show: Show) -> Show:
    """Return a `Show` that is called only when something has changed besides the time."""
    last: list[tuple[Body, str]] = []

    def show_change(body: Body, trouble: str) -> None:
        seen = ({name: value for name, value in body.items() if name not in MOVING}, trouble)
        if last != [seen]:
            last[:] = [seen]
            show(body, trouble)

    return show_change


def _status(client: StackClient | None, slate: dict[str, str]) -> Body:
    if client is None:
        raise DependencyUnavailable("nobody serves the data directory")
    body = client.require(client.get("/status", **slate))
    with reading(client.url):
        overview(body)  # what cannot be shown is no status, for programs neither
    return body

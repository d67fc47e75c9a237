"""The trace of one request: the caller's, or that of the message which turns out to be in it."""

import time
from collections.abc import Mapping

from shared.telemetry import open_spans, recorder
from shared.trace_context import TraceContext, become, carried, fresh_trace


class RequestTrace:
    """One request, a span of its trace; what the thread does until its end counts to it."""

    def __init__(self, name: str, caller: TraceContext | None, is_recorded: bool = True) -> None:
        self._name = name
        self._recorder = recorder() if is_recorded else None
        self._started_ns = time.time_ns()
        self._begin(caller)

    def continue_message(self, attributes: Mapping[str, str] | None) -> None:
        """Be a span of the message's trace; the one that was begun for the caller is never sent."""
        publisher = carried(attributes)
        if publisher is not None:
            self._begin(publisher)

    def end(self) -> None:
        """End the span; the thread works for no trace any more."""
        for recorded in open_spans.get():
            recorded.end()
        open_spans.set(())
        become(None)

    def _begin(self, parent: TraceContext | None) -> None:
        if self._recorder is None:
            become(parent.child() if parent else fresh_trace())
            return
        recorded = self._recorder.start(self._name, parent, self._started_ns)
        open_spans.set((recorded,))
        become(recorded.context)

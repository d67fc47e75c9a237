"""schemathesis: requests made of the services' own description, good ones and ones with one thing wrong."""

from typing import Any

import schemathesis
from fuzz_judge import Judge
from schemathesis.engine import events, from_schema

KIND = "described"
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "unsupported_method",
)


def described_cases(judge: Judge, service: str, examples: int, seed: int = 0) -> None:
    """Let schemathesis ask one service; what its checks find is added to the judge's tally."""
    app = judge.wsgi(KIND, service)
    config = _config(examples, seed, judge.home.headers())
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app, config=config, headers=judge.home.headers())
    for event in from_schema(schema.exclude(path="/slate")).execute():  # of up to a million players
        if isinstance(event, events.ScenarioFinished):
            judge.tally.faults += [f"{KIND} {service} {fault}" for fault in _failures(event.recorder)]
        elif isinstance(event, events.NonFatalError | events.FatalError):
            judge.tally.faults.append(f"{KIND} {service} could not be tried: {event}")


def _config(examples: int, seed: int, headers: dict[str, str]) -> schemathesis.Config:
    checks: dict[str, Any] = {"enabled": False} | {name: {"enabled": True} for name in CHECKS}
    checks["not_a_server_error"] |= {"expected-statuses": ["2xx", "4xx", "503"]}  # the judge sees to 503
    return schemathesis.Config.from_dict(
        {
            "seed": seed,
            "headers": headers,
            "checks": checks,
            "generation": {"max-examples": examples, "deterministic": False, "database": "none"},
            "phases": {"stateful": {"enabled": False}},
        }
    )


def _failures(recorder: Any) -> list[str]:
    return [
        f"{recorder.label} {node.name}: {' '.join(str(node.failure_info.failure).split())[:600]}"
        for nodes in recorder.checks.values()
        for node in nodes
        if node.failure_info is not None
    ]

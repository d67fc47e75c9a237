"""What the flood sends: whole HTTP requests, written once, so that sending them costs the client nothing."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

ELSEWHERE = timedelta(days=1)  # the flood's own slate beside the measured one: events about it are let in
MANY_SLATES = 30


@dataclass(frozen=True)
class Push:
    """One request of the mix: its kind, as the report names it, where it goes, and its bytes."""

    kind: str
    path: str
    body: bytes
    request: bytes


def push_mix(host: str, game_date: date) -> tuple[Push, ...]:
    """Return the mix, in the order in which each connection sends it, over and over."""
    return tuple(
        Push(kind, path, body, _request(host, path, body))
        for kind, path, body in [
            *_triggers(game_date),
            *_completions(game_date),
            *_shards(game_date + ELSEWHERE),
            *_malformed(),
        ]
    )


def _triggers(game_date: date) -> Iterator[tuple[str, str, bytes]]:
    for _ in range(MANY_SLATES // 3):
        yield "trigger, one slate", "/trigger", envelope(event(game_date))
    yield "trigger, the next slate", "/trigger", envelope(event(game_date + ELSEWHERE))
    for days in range(2, MANY_SLATES):  # these are let go, with a log line
        yield "trigger, other slates", "/trigger", envelope(event(game_date + timedelta(days=days)))


def _completions(game_date: date) -> Iterator[tuple[str, str, bytes]]:
    for days in range(MANY_SLATES):
        ready = {"game_date": str(game_date + timedelta(days=days)), "batch_id": "flood", "outcomes": []}
        yield "complete", "/complete", envelope(ready)


def _shards(game_date: date) -> Iterator[tuple[str, str, bytes]]:
    for number in range(MANY_SLATES // 3):
        yield "predict", "/worker/predict", envelope(_shard(game_date, number))


def _malformed() -> Iterator[tuple[str, str, bytes]]:
    for path in ("/trigger", "/complete", "/worker/predict"):
        yield "malformed", path, b"{"
        yield "malformed", path, b'{"message": {"data": "not base64!", "messageId": "1"}}'
        yield "malformed", path, envelope({"event_type": "phase4_complete", "game_date": "tomorrow"})


def event(game_date: date) -> dict[str, object]:
    return {
        "event_type": "phase4_complete",
        "processor": "ml_feature_store_v2",
        "game_date": str(game_date),
    }


def _shard(game_date: date, number: int) -> dict[str, object]:
    """Return a shard of one player whom no slate has, with a feature row that no system can use."""
    return {
        "game_date": str(game_date),
        "batch_id": "flood",
        "feature_run_id": "flood",
        "feature_run_started_at": "2024-01-01T00:00:00+00:00",
        "feature_version": "flood",
        "feature_names": [],
        "systems": ["moving_average_v1"],
        "players": [
            {
                "request_id": f"flood-{number}",
                "input_id": f"flood-{number}",
                "player_lookup": f"floodplayer{number}",
                "player_name": "Flood Player",
                "game_id": "flood",
                "team": "FLD",
                "opponent": "DRY",
                "is_home": True,
                "quality_score": 50.0,
                "features": [],
            }
        ],
    }


def envelope(data: dict[str, object]) -> bytes:
    encoded = base64.b64encode(json.dumps(data).encode()).decode()
    message = {"data": encoded, "messageId": "1", "attributes": {}}
    return json.dumps({"message": message, "subscription": "projects/local/subscriptions/flood"}).encode()


def _request(host: str, path: str, body: bytes) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body

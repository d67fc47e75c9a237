"""The flood's clients: processes that keep many connections busy, each with one request at a time."""

from __future__ import annotations

import asyncio
import json
from array import array
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from time import monotonic

from push_mix import Push

REFUSED = (429, 503)


@dataclass
class Tally:
    """What the clients saw. Seconds are from a request's first byte out to its answer's last byte in."""

    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    accepted_seconds: array[float] = field(default_factory=lambda: array("f"))
    refused_seconds: array[float] = field(default_factory=lambda: array("f"))
    unclear: int = 0  # without Retry-After, or without a JSON body that has a sentence
    errors: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        """Count in what another client saw."""
        self.statuses += other.statuses
        self.accepted_seconds.extend(other.accepted_seconds)
        self.refused_seconds.extend(other.refused_seconds)
        self.unclear += other.unclear
        self.errors += other.errors

    def count(self, kind: str, status: int, head: bytes, body: bytes, seconds: float) -> None:
        """Count one answer."""
        self.statuses[kind, status] += 1
        if status < 300:
            self.accepted_seconds.append(seconds)
        elif status in REFUSED:
            self.refused_seconds.append(seconds)
            self.unclear += not is_clear(head, body)


def is_clear(head: bytes, body: bytes) -> bool:
    """Say whether a refusal says when to come again, and why in a sentence."""
    try:
        told = json.loads(body)
    except ValueError:
        return False
    return b"\r\nretry-after: " in head.lower() and " " in str(told.get("message", ""))


def flood(port: int, mix: tuple[Push, ...], seconds: float, processes: int, connections: int) -> Tally:
    """Send the mix from so many processes with so many connections each; return what all of them saw."""
    context = get_context("spawn")
    total = Tally()
    running = []
    for number in range(processes):
        mine, theirs = context.Pipe(duplex=False)
        arguments = (theirs, port, mix, seconds, connections, number)
        process = context.Process(target=_client, args=arguments, daemon=True)
        process.start()
        running.append((process, mine))
    for process, mine in running:
        total.add(mine.recv())
        process.join()
    return total


def _client(
    told: Connection, port: int, mix: tuple[Push, ...], seconds: float, connections: int, number: int
) -> None:
    told.send(asyncio.run(_send(port, mix, seconds, connections, number)))


async def _send(port: int, mix: tuple[Push, ...], seconds: float, connections: int, number: int) -> Tally:
    tally = Tally()
    until = monotonic() + seconds
    starts = range(number, connections * 7 + number, 7)  # not everybody sends the same at the same time
    await asyncio.gather(*(_keep_sending(port, mix, start, until, tally) for start in starts))
    return tally


async def _keep_sending(port: int, mix: tuple[Push, ...], start: int, until: float, tally: Tally) -> None:
    """Send one request after the other until the time is up, over a connection that is kept if it may be."""
    position, connection = start, None
    while monotonic() < until:
        push = mix[position % len(mix)]
        position += 1
        try:
            connection = connection or await asyncio.open_connection("127.0.0.1", port)
            is_kept = await _exchange(*connection, push, tally)
        except (OSError, asyncio.IncompleteReadError) as error:
            tally.errors[type(error).__name__] += 1
            is_kept = False
        if not is_kept and connection is not None:
            connection[1].close()
            connection = None
    if connection is not None:
        connection[1].close()


async def _exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, push: Push, tally: Tally
) -> bool:
    """Send one request, count its answer; say whether the connection may be used again."""
    began = monotonic()
    writer.write(push.request)
    head = await reader.readuntil(b"\r\n\r\n")
    lower = head.lower()
    at = lower.find(b"\r\ncontent-length: ")
    length = int(lower[at + 18 : lower.index(b"\r\n", at + 18)]) if at >= 0 else 0
    body = await reader.readexactly(length)
    tally.count(push.kind, int(head[9:12]), head, body, monotonic() - began)
    return b"\r\nconnection: close" not in lower

"""What a dead letter is once it is stored, and what may be done with it. Pure."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson

from shared.messaging.delivery import DEAD_LETTER_PREFIX
from shared.ports import OutgoingMessage, Row

MOST_LETTERS = 100  # of one request: each may carry a shard, or 10 MB, through the coordinator's memory
PREVIEW_CHARACTERS = 200
MOST_STORED = 9_000_000  # characters or bytes of a body: a row and its request may have 10 MB
_UNREADABLE = "\N{REPLACEMENT CHARACTER}"


class LetterState(StrEnum):
    """What became of a dead letter; each state is an appended row."""

    STORED = "stored"
    REPLAYED = "replayed"
    DISCARDED = "discarded"


@dataclass(frozen=True)
class Letter:
    """One dead letter in its newest state. `row` is what the next state's row repeats of it."""

    message_id: str
    state: LetterState
    source_subscription: str
    body: str
    body_base64: str | None
    attributes: Mapping[str, str]
    stored_at: datetime
    row: Row

    def in_state(self, state: LetterState, at: datetime) -> Row:
        """Return the row that says that the letter is in this state from now on."""
        return self.row | {"state": state.value, "created_at": at}

    def message(self) -> OutgoingMessage | None:
        """Return the message as it was published once, or None if the store does not give its bytes back.

        What the dead letters added to its attributes is left out.
        """
        own = {k: v for k, v in self.attributes.items() if not k.startswith(DEAD_LETTER_PREFIX)}
        if self.body_base64 is not None:
            return OutgoingMessage(base64.b64decode(self.body_base64), own)
        return None if _UNREADABLE in self.body else OutgoingMessage(self.body.encode(), own)


@dataclass(frozen=True)
class Replay:
    """The letter is published to this topic, as this message."""

    letter: Letter
    topic: str
    message: OutgoingMessage


@dataclass(frozen=True)
class Refusal:
    """The letter stays as it is, for this reason."""

    reason: str


def stored_body(data: bytes) -> Row:
    """Return the columns that keep a body: as text where the text gives the bytes back, else as base64 too.

    Beside base64, and in place of a body that is too large for a row, stands how it begins.
    """
    text = data.decode("utf-8", "replace")
    if _UNREADABLE not in text and len(data) <= MOST_STORED:
        return {"body": text, "body_base64": None}
    encoded = base64.b64encode(data).decode()
    fits = len(encoded) <= MOST_STORED
    return {"body": text[:PREVIEW_CHARACTERS] + _UNREADABLE, "body_base64": encoded if fits else None}


def read_letter(row: Row) -> Letter:
    """Read a row of named_dead_letters.sql, whose attributes are a JSON text."""
    attributes: dict[str, Any] = orjson.loads(row["attributes"] or "null") or {}
    columns = {name: value for name, value in row.items() if name != "stored_at"}
    return Letter(
        message_id=row["message_id"],
        state=LetterState(row["state"]),
        source_subscription=row["source_subscription"],
        body=row["body"],
        body_base64=row["body_base64"],
        attributes=attributes,
        stored_at=row["stored_at"],
        row=columns | {"attributes": attributes},
    )


def judge_replay(letter: Letter, topics: Mapping[str, str], force: bool) -> Replay | Refusal:
    """Decide whether a letter is published again; `topics` is by subscription, and never guessed."""
    topic, message = topics.get(letter.source_subscription), letter.message()
    if topic is None:
        return Refusal(f"its topic is not known: no subscription is called {letter.source_subscription}")
    if message is None:
        return Refusal("its body is not stored as it was sent: it was no text, or too large")
    return refusal_to_repeat(letter, force) or Replay(letter, topic, message)


def refusal_to_repeat(letter: Letter, force: bool) -> Refusal | None:
    """Decide whether a letter that somebody has dealt with is left alone."""
    if letter.state is LetterState.STORED or force:
        return None
    return Refusal(f"it is {letter.state.value} already; force does it again")

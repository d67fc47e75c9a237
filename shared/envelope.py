"""The envelope in which Pub/Sub pushes a message to an endpoint."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.errors import InvalidMessage


class EnvelopedMessage(BaseModel):
    """A message as it stands in a push."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    data: str = ""
    attributes: dict[str, str] = {}
    message_id: str = Field(default="", alias="messageId")


class Envelope(BaseModel):
    """What Pub/Sub posts: one message, its data in base64, and where it comes from."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    message: EnvelopedMessage
    subscription: str = ""
    delivery_attempt: int | None = Field(default=None, alias="deliveryAttempt")


@dataclass(frozen=True)
class PushMessage:
    """One delivery: the bytes that were published and what Pub/Sub says about them."""

    data: bytes
    message_id: str = ""
    attributes: Mapping[str, str] | None = None
    subscription: str = ""
    delivery_attempt: int | None = None

    def json_object(self) -> dict[str, Any]:
        """Return the published JSON object, or raise InvalidMessage with the reason."""
        try:
            decoded = orjson.loads(self.data)
        except orjson.JSONDecodeError as error:
            raise InvalidMessage(f"the data is not JSON: {error}", self.message_id) from error
        if not isinstance(decoded, dict):
            raise InvalidMessage("the data is not a JSON object", self.message_id)
        return decoded


def open_envelope(body: bytes) -> PushMessage:
    """Read a push request's body; raise InvalidMessage saying what is unreadable."""
    try:
        envelope = Envelope.model_validate_json(body)
    except ValidationError as error:
        raise InvalidMessage(f"not a push envelope: {first_fault(error)}") from error
    message = envelope.message
    try:
        data = base64.b64decode(message.data, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidMessage("message.data is not base64", message.message_id) from error
    return PushMessage(
        data=data,
        message_id=message.message_id,
        attributes=message.attributes,
        subscription=envelope.subscription,
        delivery_attempt=envelope.delivery_attempt,
    )


def seal_envelope(message: PushMessage) -> bytes:
    """Write the body that a push of this message has."""
    envelope: dict[str, Any] = {
        "message": {
            "data": base64.b64encode(message.data).decode(),
            "attributes": dict(message.attributes or {}),
            "messageId": message.message_id,
        },
        "subscription": message.subscription,
    }
    if message.delivery_attempt is not None:
        envelope["deliveryAttempt"] = message.delivery_attempt
    return orjson.dumps(envelope)


def first_fault(error: ValidationError) -> str:
    """Return pydantic's first complaint as `field: reason`."""
    fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
    field = ".".join(str(part) for part in fault["loc"]) or "body"
    return f"{field}: {fault['msg'].removeprefix('Value error, ')}"

"""Whether a push that was accepted is as described, read by other parsers than the services have."""

import base64
import binascii
import json
from typing import Any

from conformance import schema_faults
from flask import Flask


def is_readable_push(app: Flask, operation: dict[str, Any], body: bytes) -> bool:
    """Say whether a body that was accepted may be; a route without an envelope is judged by schemathesis."""
    schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    if "allOf" not in schema:
        return True
    envelope_schema, carried = schema["allOf"]
    try:
        envelope = json.loads(body.decode())
        data = base64.b64decode(envelope["message"].get("data", ""), validate=True)
        content = json.loads(data.decode())
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, binascii.Error):
        return False
    if schema_faults(app, envelope_schema, envelope):
        return False
    if isinstance(content, dict) and content.get("event_type", "phase4_complete") != "phase4_complete":
        return isinstance(content["event_type"], str)  # another event is let go, unread
    message = carried["properties"]["message"]["properties"]["data"]["contentSchema"]
    return not schema_faults(app, message, content)

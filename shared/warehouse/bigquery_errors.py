"""What BigQuery's clients raise, as what the caller should do about it."""

from collections.abc import Iterator
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import contextmanager

import requests
from google.api_core import exceptions
from google.auth.exceptions import GoogleAuthError
from google.protobuf.message import EncodeError

from shared.errors import AppError, DependencyRejected, DependencyUnavailable, WriteConflict

_COMES_AGAIN = frozenset({408, 429, 499})
_UNKNOWN = (exceptions.Unknown, exceptions.DataLoss)  # of gRPC, without an HTTP status
_PASSING_REASONS = frozenset(
    {
        "backendError",
        "internalError",
        "jobBackendError",
        "jobInternalError",
        "jobRateLimitExceeded",
        "quotaExceeded",
        "rateLimitExceeded",
        "stopped",
        "tableUnavailable",
        "timeout",
    }
)
_CONFLICT = "could not serialize access"  # reported as invalidQuery; only the text tells it apart
_NO_ANSWER = (
    exceptions.RetryError,
    requests.RequestException,
    FutureTimeout,
    TimeoutError,
    ConnectionError,
    GoogleAuthError,
)


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Turn the clients' exceptions into ours, naming what was being done."""
    try:
        yield
    except exceptions.GoogleAPICallError as error:
        raise _from_answer(what, error) from error
    except _NO_ANSWER as error:
        raise DependencyUnavailable(f"{what}: no answer: {error}") from error
    except (EncodeError, TypeError, ValueError, OverflowError) as error:
        raise DependencyRejected(f"{what}: {error}") from error


def _from_answer(what: str, error: exceptions.GoogleAPICallError) -> AppError:
    reasons = {str(fault.get("reason")) for fault in error.errors or () if isinstance(fault, dict)}
    text = f"{what}: {error.message}"
    if _CONFLICT in str(error.message).lower():
        return WriteConflict(text)
    if _comes_again(error) or reasons & _PASSING_REASONS:
        return DependencyUnavailable(text)
    return DependencyRejected(text)


def _comes_again(error: exceptions.GoogleAPICallError) -> bool:
    """Say whether the status is the server's trouble and not the request's (501: it will never do that)."""
    status = error.code or 0
    is_server_fault = status >= 500 and status != 501
    return is_server_fault or status in _COMES_AGAIN or isinstance(error, _UNKNOWN)

"""What can go wrong, by what the caller should do about it: never again, or again later."""


class AppError(Exception):
    """Something the edge knows how to answer."""


class InvalidMessage(AppError):
    """This message can never be handled; it goes to the dead letters with the reason."""

    def __init__(self, reason: str, message_id: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.message_id = message_id


class InvalidRequest(AppError):
    """The request is wrong in the named field; the caller must change it."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class InvalidInput(AppError):
    """A file or option that a person gave cannot be used; the text says which part and why."""


class Unauthenticated(AppError):
    """Nobody vouches for the caller; only the log says what is wrong with the token."""


class Forbidden(AppError):
    """The caller is who they say, and may not do this; only the log says who it was."""


class NotFound(AppError):
    """There is no such thing."""


class SlateBusy(AppError):
    """Another owner holds the slate; ask again when its lease has ended."""


class SlateChanged(AppError):
    """The slate is no longer what the caller saw; look again before asking again."""


class DependencyUnavailable(AppError):
    """The store or the message service did not answer; the same call may succeed later."""


class DependencyRejected(AppError):
    """The store or the message service refused the call; repeating it will not help."""


class WriteConflict(DependencyUnavailable):
    """Two writers changed the same row at once and this one lost."""


class DataContractViolation(AppError):
    """The store does not hold what the code was written for; a person has to look."""

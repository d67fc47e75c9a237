"""How a call to a server can fail besides not being answered."""

from shared.errors import AppError, DependencyUnavailable, InvalidInput


class RefusedCall(InvalidInput):
    """The server does not take what the command asks: it has no such thing, or a value is wrong."""


class OddAnswer(DependencyUnavailable):
    """What answers there is none of our servers, or one of another version; waiting will not change that."""


class ServerFailed(AppError):
    """The server answered that it has failed in a way that nobody foresaw; its log says how."""

"""How a call to a server can fail besides not being answered."""

from shared.errors import AppError, InvalidInput


class RefusedCall(InvalidInput):
    """The server does not take what the command asks: it has no such thing, or a value is wrong."""


class ServerFailed(AppError):
    """The server answered that it has failed in a way that nobody foresaw; its log says how."""

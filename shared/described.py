"""What a route says of itself, beside its code; `shared.openapi` makes the whole document of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

Bodies = tuple[type[BaseModel], ...]
View = TypeVar("View", bound=Callable[..., Any])
_MARK = "description"


class Told(BaseModel):
    """A body that is sent. A field that is not named here is never sent."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Refusal(Told):
    """Why a request was not carried out; it has changed nothing. `field` and `reason` say what is wrong."""

    status: Literal["error"]
    message: str
    field: str = ""
    reason: str = ""


class Failure(Told):
    """Something that nobody foresaw; the log has the details under `error_id`."""

    status: Literal["error"]
    message: str
    error_id: str


@dataclass(frozen=True)
class Description:
    """One route: the bodies of its answers by status (none: no body), and what it reads.

    `replies` leaves out what follows from the rest: 400 and 413 where something is read, 401 and 403 where
    the app has a guard, 500 and 503 where `can_fail`. `takes` is a JSON body, which may be left out;
    `opens` what a push envelope carries; `takes_anything` refuses no body for its content. `headers` are
    read besides, with what they mean. `comes_again`: every 503 says when, in Retry-After.
    """

    replies: Mapping[int, Bodies]
    query: type[BaseModel] | None = None
    takes: type[BaseModel] | None = None
    takes_required: bool = False
    opens: type[BaseModel] | None = None
    takes_anything: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    can_fail: bool = True
    comes_again: bool = True

    @property
    def has_body(self) -> bool:
        """Say whether the route reads a body."""
        return bool(self.takes or self.opens or self.takes_anything)

    @property
    def can_be_refused(self) -> bool:
        """Say whether there is anything to get wrong."""
        return bool(self.query or self.has_body)


def described(replies: Mapping[int, Bodies], **rest: Any) -> Callable[[View], View]:
    """Describe a view; its docstring is the text. Stands under the decorator that makes it a route."""
    description = Description(replies, **rest)

    def mark(view: View) -> View:
        setattr(view, _MARK, description)
        return view

    return mark


def description_of(view: Callable[..., Any]) -> Description | None:
    """Return what a view says of itself, or None."""
    found: Description | None = getattr(view, _MARK, None)
    return found

"""A group of commands that are imported when they are called, so that none waits for what another needs."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

import click


class Late(NamedTuple):
    """Where a command is, as `module:name`, and the line that a list of commands shows of it."""

    where: str
    told: str

    def load(self) -> click.Command:
        """Import the command."""
        module, _, name = self.where.partition(":")
        found: click.Command = getattr(import_module(module), name)
        return found


class LateGroup(click.Group):
    """Lists its commands, and completes their names, without importing them."""

    def __init__(self, *arguments: Any, late: Mapping[str, Late], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.late = late
        for name, command in late.items():
            self.add_command(click.Command(name, short_help=command.told))

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table: what is needed most comes first."""
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is called, imported, and what it is given."""
        name, command, rest = super().resolve_command(ctx, args)
        late = self.late.get(name or "")
        return name, late.load() if late else command, rest

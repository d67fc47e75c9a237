"""`nba-props completion`: what makes a shell complete commands and options."""

import click
from click.shell_completion import get_completion_class

PROGRAM, VARIABLE = "nba-props", "_NBA_PROPS_COMPLETE"
PLACES = {
    "bash": "nba-props completion bash > ~/.local/share/bash-completion/completions/nba-props",
    "zsh": "nba-props completion zsh > ~/.zfunc/_nba-props, a folder of your fpath",
    "fish": "nba-props completion fish > ~/.config/fish/completions/nba-props.fish",
}


@click.command()
@click.argument("shell", type=click.Choice(list(PLACES)))
def completion(shell: str) -> None:
    """Print the script that completes commands and options in a SHELL, and say where to put it."""
    from cli.main import cli  # late: it is what imports this

    made = get_completion_class(shell)
    if made is None:
        raise click.UsageError(f"click has no script for {shell}")
    click.echo(made(cli, {}, PROGRAM, VARIABLE).source())
    click.echo(f"Put it where {shell} looks, then open a new shell: {PLACES[shell]}", err=True)

"""The `nba-props` command."""

import sys

import click

from cli.accuracy import accuracy
from cli.alerts import alerts
from cli.backtest import backtest
from cli.bench import bench
from cli.data import load_lines, load_logs
from cli.dead_letters import dead_letters
from cli.demo import demo
from cli.export import export
from cli.serve import serve
from cli.slates import phase4, plan, retry, start, status
from cli.train import train
from shared.config import load_settings
from shared.errors import AppError, InvalidInput
from shared.logs import configure_logs


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="nba-props")
@click.option("-v", "--verbose", is_flag=True, help="Log what happens, as JSON, on standard error.")
@click.pass_context
def cli(context: click.Context, verbose: bool) -> None:
    """Points forecasts for every NBA player expected to play."""
    level = load_settings().log_level
    serves = context.invoked_subcommand == "serve"
    configure_logs(level if serves or verbose else "ERROR")


for command in (
    demo,
    serve,
    load_logs,
    load_lines,
    export,
    phase4,
    start,
    retry,
    status,
    plan,
    accuracy,
    dead_letters,
    alerts,
    backtest,
    train,
    bench,
):
    cli.add_command(command)


def main() -> None:
    """Run the command; our errors become one sentence on standard error and exit code 1 or 2."""
    try:
        sys.exit(cli.main(standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
    except AppError as error:
        click.echo(f"nba-props: {error}", err=True)
        sys.exit(2 if isinstance(error, InvalidInput) else 1)

"""The `nba-props` command."""

import sys

import click

from cli.late_group import Late, LateGroup
from local.failures import RefusedCall
from shared.config import load_settings
from shared.errors import (
    AppError,
    DependencyUnavailable,
    Forbidden,
    InvalidInput,
    InvalidRequest,
    NotFound,
    SlateBusy,
    Unauthenticated,
)
from shared.logs import configure_logs

EXIT_CODES: tuple[tuple[type[AppError], int], ...] = (
    (InvalidInput, 2),
    (InvalidRequest, 2),
    (NotFound, 2),
    (DependencyUnavailable, 3),
    (SlateBusy, 3),
    (Unauthenticated, 4),
    (Forbidden, 4),
)
DID_NOT_WORK_OUT = 1
INTERRUPTED = 130
NEED_NO_SETTINGS = ("doctor", "completion")  # one tells what is wrong with them

COMMANDS = {
    "status": Late("cli.status:status", "Show where the slate stands; --watch follows it."),
    "plan": Late("cli.slates:plan", "Say what a start would do now, without doing it."),
    "start": Late("cli.slates:start", "Start the slate's batch now, if Phase 4 is ready."),
    "retry": Late("cli.slates:retry", "Request whoever is ready now and has no forecast yet."),
    "refresh": Late("cli.slates:refresh", "Request again whom news or a moved line has changed."),
    "explain": Late("cli.players:explain", "Say why a player has, or has not, a forecast."),
    "predict-player": Late("cli.players:predict_player", "Forecast one player again, now."),
    "pause": Late("cli.holds:pause", "Let nothing new begin on the slate, until resume."),
    "resume": Late("cli.holds:resume", "End a pause or a cancellation, and ask who is wanted."),
    "cancel": Late("cli.holds:cancel", "Want nobody on the slate any more, until resume."),
    "dead-letters": Late("cli.dead_letters:dead_letters", "Messages that nobody could handle."),
    "alerts": Late("cli.alerts:alerts", "The channels that alerts go to."),
    "doctor": Late("cli.doctor:doctor", "Say what is wrong, and what to type."),
    "accuracy": Late("cli.accuracy:accuracy", "Show how right each system has been lately."),
    "phase4": Late("cli.phase4:phase4", "Compute the slate's features and publish the event."),
    "backfill": Late("cli.backfill:backfill", "Compute the features of past slates; trigger nothing."),
    "replay": Late("cli.replay:replay", "Forecast a past slate again, in a folder of its own."),
    "demo": Late("cli.demo:demo", "Run one slate from nothing to forecasts."),
    "serve": Late("cli.serve:serve", "Keep the stack up until SIGTERM or Ctrl-C."),
    "load-logs": Late("cli.data:load_logs", "Load box scores; with --date, also that day's slate."),
    "load-lines": Late("cli.data:load_lines", "Load points lines onto the slates that are there."),
    "news": Late("cli.news:news", "Change a player's status or line, to try what follows."),
    "export": Late("cli.export:export", "Write a slate and the games before it as files."),
    "backtest": Late("cli.backtest:backtest", "Walk forward through past slates."),
    "train": Late("cli.train:train", "Fit the model to the slates of a range."),
    "bench": Late("cli.bench:bench", "Measure Phase 4 and trigger-to-complete."),
    "completion": Late("cli.completion:completion", "Print the script that completes in a shell."),
}


@click.group(cls=LateGroup, late=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="nba-props")
@click.option("-v", "--verbose", is_flag=True, help="Log what happens, as JSON, on standard error.")
@click.pass_context
def cli(context: click.Context, verbose: bool) -> None:
    """Points forecasts for every NBA player expected to play."""
    level = _log_level(context.invoked_subcommand)
    serves = context.invoked_subcommand == "serve"
    configure_logs(level if serves or verbose else "ERROR")


def _log_level(command: str | None) -> str:
    try:
        return load_settings().log_level
    except InvalidInput:
        if command not in NEED_NO_SETTINGS:
            raise
        return "ERROR"


def main() -> None:
    """Run the command; our errors become one sentence on standard error and an exit code."""
    try:
        sys.exit(cli.main(standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(INTERRUPTED)
    except AppError as error:
        from cli.render import readable  # late: what draws takes a while to load

        click.echo(readable(f"nba-props: {error}{_more_help(error)}"), err=True)
        sys.exit(exit_code(error))


def exit_code(error: AppError) -> int:
    """Return what the command ends with: 1 for what is not about input, server or identity."""
    return next((code for kind, code in EXIT_CODES if isinstance(error, kind)), DID_NOT_WORK_OUT)


def _more_help(error: AppError) -> str:
    """Return where to read on, if a server has refused what the command was given: it knows no commands."""
    called = next((word for word in sys.argv[1:] if word in COMMANDS), "")
    return f"; see `nba-props {called} --help`" if isinstance(error, RefusedCall) and called else ""

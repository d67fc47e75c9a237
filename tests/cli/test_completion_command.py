"""`nba-props completion`, and how little is loaded where only names are needed."""

import os
import subprocess
import sys

import pytest

HEAVY = ("numpy", "duckdb", "lightgbm", "sqlglot", "google.auth", "urllib3", "flask")


@pytest.mark.parametrize(
    ("shell", "line"),
    [
        ("bash", "_NBA_PROPS_COMPLETE=bash_complete"),
        ("zsh", "#compdef nba-props"),
        ("fish", "complete --no-files --command nba-props"),
    ],
)
def test_each_shell_has_a_script_alone_on_standard_output(nba_props, shell, line):
    code, out, err = nba_props("completion", shell)

    assert code == 0
    assert line in out
    assert "Put it where" not in out
    assert f"Put it where {shell} looks" in err


def test_an_unknown_shell_ends_with_2(nba_props):
    assert nba_props("completion", "tcsh")[0] == 2


def test_wrong_settings_do_not_keep_the_script_back(nba_props, monkeypatch):
    monkeypatch.setenv("MIN_MINUTES", "-3")

    assert nba_props("completion", "zsh")[0] == 0


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("nba-props st", ["status", "start"]),
        ("nba-props dead-letters re", ["replay"]),
        ("nba-props status --wa", ["--watch"]),
    ],
)
def test_names_of_commands_and_options_are_completed(words, completed):
    asks = {"_NBA_PROPS_COMPLETE": "bash_complete", "COMP_WORDS": words}
    environment = os.environ | asks | {"COMP_CWORD": str(words.count(" "))}
    program = "import sys; sys.argv = ['nba-props']; from cli.main import main; main()"

    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False
    )

    assert [line.partition(",")[2] for line in done.stdout.splitlines()] == completed


def test_a_list_of_the_commands_loads_nothing_that_only_some_of_them_need():
    program = (
        "import sys; from click.testing import CliRunner; from cli.main import cli\n"
        "print(CliRunner().invoke(cli, ['--help']).output)\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert "predict-player" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"

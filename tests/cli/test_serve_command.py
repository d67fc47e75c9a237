"""`nba-props serve`, where it ends otherwise than by being stopped."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import cli
from shared.errors import DependencyUnavailable


def test_a_thread_that_ends_by_an_error_ends_the_process_at_once() -> None:
    program = (
        "import threading, cli.serve\n"
        "threading.excepthook = cli.serve.end_with_the_thread\n"
        "threading.Thread(target=lambda: [][1]).start()\n"
        "threading.Event().wait(30)\n"
    )

    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=20, check=False
    )

    assert ended.returncode == 1
    assert "IndexError" in ended.stderr


def test_a_directory_that_cannot_say_who_serves_it_is_not_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signal.signal", lambda *_: None)
    monkeypatch.setattr("threading.excepthook", None)
    (tmp_path / "serving.json").mkdir()

    ended = CliRunner().invoke(cli, ["serve", "--port", "0", "--players", "2", "--data-dir", str(tmp_path)])

    assert isinstance(ended.exception, DependencyUnavailable)
    assert "cannot be written" in str(ended.exception)

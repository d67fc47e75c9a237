"""A cloud to run the scripts against, and a bash that finds it instead of the real programs."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
COORDINATOR_URL = "https://prediction-coordinator-h4sh-wl.a.run.app"
WORKER_URL = "https://prediction-worker-h4sh-wl.a.run.app"
PRECOMPUTE_URL = "https://precompute-processors-h4sh-wl.a.run.app"
INTERPRETER = Path(sys.executable).resolve()  # not a launcher that looks it up for each call
# Imported, so that it is compiled once and not for each of hundreds of calls.
STARTER = (
    f"import sys; sys.path.insert(0, '{Path(__file__).parent / 'fake'}'); import programs; "
    "sys.exit(programs.main(sys.argv[1], sys.argv[2:]))"
)
READING = {"describe", "get-iam-policy", "list", "show", "print-identity-token"}

State = dict[str, Any]
Result = subprocess.CompletedProcess[str]


@dataclass(frozen=True)
class Cloud:
    """What exists, what was called, and a way to run a script."""

    folder: Path
    environment: dict[str, str]

    def run(self, script: str, *arguments: str, **environment: str) -> Result:
        """Run a script of bin/ to its end; its input is closed, so that whoever prompts fails."""
        return self._call(["bash", str(ROOT / "bin" / script), *arguments], environment)

    def paste(self, lines: str) -> Result:
        """Run what a dry run printed."""
        return self._call(["bash", "-euo", "pipefail", "-c", lines], {})

    def _call(self, command: list[str], environment: dict[str, str]) -> Result:
        return subprocess.run(
            command,
            env=self.environment | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )

    @property
    def state(self) -> State:
        file = self.folder / "state.json"
        return json.loads(file.read_text()) if file.exists() else {}

    def change(self, change: Callable[[State], object]) -> None:
        """Change what exists behind the scripts' back."""
        state = self.state
        change(state)
        (self.folder / "state.json").write_text(json.dumps(state))

    @property
    def calls(self) -> list[list[str]]:
        """Every command line so far, program first."""
        file = self.folder / "calls.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    @property
    def changes(self) -> list[list[str]]:
        """The command lines that change something."""
        return [c for c in self.calls if c[0] != "curl" and not READING & set(c)]

    def copy(self, folder: Path) -> "Cloud":
        """Return a cloud of its own with the same things in it, and no calls."""
        copied = make_cloud(folder)
        if (self.folder / "state.json").exists():
            shutil.copy(self.folder / "state.json", folder / "state.json")
        return copied


def make_cloud(folder: Path) -> Cloud:
    """Make an empty cloud."""
    programs = folder / "programs"
    programs.mkdir(parents=True)
    for name in ("gcloud", "bq", "curl"):
        program = programs / name
        program.write_text(f'#!/bin/sh\nexec "{INTERPRETER}" -IS -c "{STARTER}" {name} "$@"\n')
        program.chmod(0o755)
    (programs / "python3").symlink_to(INTERPRETER)
    environment = {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "HOME": str(folder),
        "FAKE_CLOUD": str(folder),
        "SETTLE_SECONDS": "0",
        "COMMIT": "abc1234",
        "PYTHON": sys.executable,
    }
    return Cloud(folder, environment)

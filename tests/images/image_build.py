"""Carries a Dockerfile's instructions out in a folder: a fresh venv stands for the image's Python.

This machine's system stands for the image's: a step that installs packages is not carried out, but what the
packages bring has to be here.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from build_context import BuildContext
from dockerfile import Instruction

BASE = "python:3.12-slim"
INDEX = ("PIP_", "SSL_", "REQUESTS_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")  # how this machine reaches it
SYSTEM_PACKAGES = re.compile(
    r"apt-get update && apt-get install --yes --no-install-recommends "
    r"(?P<names>[a-z0-9.+-]+(?: [a-z0-9.+-]+)*)"
    r" && rm -rf /var/lib/apt/lists/\*"
)
"""The one form that such a step may have: nothing that is only recommended, and no lists left behind."""
LIBRARY_OF = {"libgomp1": "libgomp.so.1"}


class StepFailed(Exception):
    """A RUN line ended with another code than 0; the text is the line and what it wrote."""


class ImageBuild:
    """The state of a build: its files below `folder`, its environment, and what will run."""

    def __init__(self, context: BuildContext, folder: Path, python: Path) -> None:
        self.folder = folder
        self.environment: dict[str, str] = {}
        self.command: list[str] = []
        self.user = "root"
        self._context = context
        self._python = python
        self._arguments: dict[str, str] = {}
        self._workdir = folder

    @property
    def workdir(self) -> Path:
        return self._workdir

    def carry_out(self, instructions: Sequence[Instruction], **arguments: str) -> None:
        """Carry instructions out in order, with the build's arguments; raise StepFailed if one fails."""
        for instruction in instructions:
            match instruction.word:
                case "FROM":
                    self._from(instruction.text)
                case "ENV":
                    self.environment |= instruction.pairs(self._arguments | self.environment)
                case "ARG":
                    name, _, default = instruction.text.partition("=")
                    self._arguments[name] = arguments.get(name, default)
                case "WORKDIR":
                    self._workdir = self.folder / instruction.text.lstrip("/")
                    self._workdir.mkdir(parents=True, exist_ok=True)
                case "COPY":
                    source, target = instruction.words
                    self._context.copy(source, self._workdir, target)
                case "RUN":
                    self._run_step(instruction.text)
                case "USER":
                    self.user = instruction.text
                case "CMD":
                    self.command = instruction.words
                case unknown:
                    raise NotImplementedError(f"{unknown} is not understood here")

    def run(self, command: Sequence[str], extra: dict[str, str] | None = None) -> str:
        """Run a command as a step does and return what it wrote; raise StepFailed if it fails."""
        done = subprocess.run(
            list(command),
            cwd=self._workdir,
            env=self.process_environment() | _machine() | (extra or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise StepFailed(f"{' '.join(command)}\n{done.stdout}")
        return done.stdout

    def _run_step(self, line: str) -> None:
        if "apt-get" not in line:
            self.run(["/bin/sh", "-c", line], self._arguments)
            return
        installed = SYSTEM_PACKAGES.fullmatch(line)
        if installed is None:
            raise NotImplementedError(f"packages of the system are installed in one form, not by {line}")
        for name in installed["names"].split():
            if name not in LIBRARY_OF:
                raise NotImplementedError(f"nobody knows here what {name} brings")
            load = f"import ctypes; ctypes.CDLL({LIBRARY_OF[name]!r})"
            self.run([os.fspath(self.folder / "python" / "bin" / "python"), "-c", load])

    def process_environment(self) -> dict[str, str]:
        """Return what a process of the image sees: nothing of this machine's, and no home."""
        path = f"{self.folder / 'python' / 'bin'}:/usr/bin:/bin"
        return {"PATH": path, "HOME": "/nonexistent"} | self.environment

    def files(self) -> dict[str, int]:
        """Return the files below the working directory, and when each was written, in nanoseconds."""
        files = (path for path in self._workdir.rglob("*") if path.is_file())
        return {path.relative_to(self._workdir).as_posix(): path.stat().st_mtime_ns for path in files}

    def _from(self, base: str) -> None:
        if base != BASE:
            raise NotImplementedError(f"only {BASE} can be stood in for, not {base}")
        subprocess.run([self._python, "-m", "venv", self.folder / "python"], check=True)


def _machine() -> dict[str, str]:
    names = (name for name in os.environ if name == "HOME" or name.upper().startswith(INDEX))
    return {name: os.environ[name] for name in names}


def find_python() -> Path | None:
    """Return a Python of the images' version on this machine, if there is one."""
    found = sorted(Path.home().glob(".pyenv/versions/3.12.*/bin/python3.12"))
    on_path = shutil.which("python3.12")
    return found[-1] if found else Path(on_path) if on_path else None

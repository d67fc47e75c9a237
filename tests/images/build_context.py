"""What a build is sent: the files of a folder that its .dockerignore lets through."""

import re
import shutil
from pathlib import Path, PurePosixPath


class BuildContext:
    """The files of a folder, less what .dockerignore names; the last pattern that fits a path decides."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        lines = (folder / ".dockerignore").read_text("utf-8").splitlines()
        self._rules = [
            (line.startswith("!"), _expression(line.lstrip("!")))
            for line in lines
            if line and not line.startswith("#")
        ]

    def holds(self, path: str) -> bool:
        """Say whether a file of this path, from the folder, is sent."""
        verdicts = [is_sent for is_sent, expression in self._rules if expression.fullmatch(path)]
        return verdicts[-1] if verdicts else True

    def files(self, source: str) -> list[PurePosixPath]:
        """Return what is sent of a file or a folder, from the folder of the context."""
        found = self._folder / source
        files = [found] if found.is_file() else [path for path in found.rglob("*") if path.is_file()]
        paths = (PurePosixPath(path.relative_to(self._folder).as_posix()) for path in files)
        return sorted(path for path in paths if self.holds(str(path)))

    def copy(self, source: str, workdir: Path, target: str) -> None:
        """Copy as COPY does: what is in a folder, or a file, whose name stays if `target` ends with a slash.

        Raises FileNotFoundError if nothing of the source is sent.
        """
        paths = self.files(source)
        if not paths:
            raise FileNotFoundError(f"{source} is not in what the build is sent")
        name = source.rpartition("/")[2] if target.endswith("/") else ""
        for path in paths:
            below = name if str(path) == source else path.relative_to(source)
            copied = workdir / target / below
            copied.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self._folder / path, copied)


def _expression(pattern: str) -> re.Pattern[str]:
    text = re.escape(pattern).replace(r"\*\*/", "(.*/)?").replace(r"\*", "[^/]*").replace(r"\?", "[^/]")
    return re.compile(f"{text}(/.*)?")

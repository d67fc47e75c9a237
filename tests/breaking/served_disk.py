"""Disks that can be filled and emptied, and memory that can be taken away, for real."""

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from served_process import ServedProcess

DISK_MIB = 96


class Tmpfs:
    """A disk of its own, small, in memory; only root may mount it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, server: ServedProcess, leave_bytes: int) -> None:
        """Take all the room but so many bytes."""
        found = os.statvfs(self.folder)
        with (self.folder / "ballast").open("wb") as ballast:
            ballast.truncate(0)
            os.posix_fallocate(ballast.fileno(), 0, found.f_bavail * found.f_frsize - leave_bytes)

    def free(self, server: ServedProcess) -> None:
        """Give the room back."""
        (self.folder / "ballast").unlink()

    def set_writable(self, is_writable: bool) -> None:
        """Mount the disk again, to be read alone or to be written too."""
        _run("mount", "-o", f"remount,{'rw' if is_writable else 'ro'}", str(self.folder))


class FileLimit:
    """The same for those who may not mount: the system refuses to let any file of the server grow."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, server: ServedProcess, leave_bytes: int) -> None:
        """Let no file grow beyond the longest that there is, and so many bytes."""
        longest = max(file.stat().st_size for file in self.folder.rglob("*") if file.is_file())
        _limit(server, resource.RLIMIT_FSIZE, longest + leave_bytes)

    def free(self, server: ServedProcess) -> None:
        """Let files grow again."""
        if server.is_alive:
            _limit(server, resource.RLIMIT_FSIZE, None)

    def set_writable(self, is_writable: bool) -> None:
        """Take the right to write from the folder and its files, or give it back."""
        for path in (self.folder, *self.folder.rglob("*")):
            path.chmod(0o700 if is_writable else 0o500)


@contextmanager
def small_disk(folder: Path) -> Iterator[Tmpfs | FileLimit]:
    """Lend a disk that can be filled; what stood on it is gone afterwards."""
    folder.mkdir()
    if os.geteuid() != 0:
        yield FileLimit(folder)
        return
    _run("mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m", "tmpfs", str(folder))
    try:
        yield Tmpfs(folder)
    finally:
        _run("umount", "--lazy", str(folder))


def take_memory(server: ServedProcess, leave_bytes: int) -> None:
    """Let the process map no more than it has, and so many bytes."""
    status = Path(f"/proc/{server.pid}/status").read_text("utf-8")
    mapped = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmSize"))
    _limit(server, resource.RLIMIT_AS, mapped * 1024 + leave_bytes)


def give_memory(server: ServedProcess) -> None:
    """Let the process map what it likes."""
    if server.is_alive:
        _limit(server, resource.RLIMIT_AS, None)


def _limit(server: ServedProcess, kind: int, soft: int | None) -> None:
    _, hard = resource.prlimit(server.pid, kind)
    resource.prlimit(server.pid, kind, (hard if soft is None else soft, hard))


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=30)

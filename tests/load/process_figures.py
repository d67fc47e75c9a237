"""What Linux says of a process: memory, threads, open files."""

import os
from pathlib import Path

PAGE = os.sysconf("SC_PAGESIZE")


def resident_kib(pid: int) -> int:
    """Return how much memory the process holds now, in KiB."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE // 1024


def peak_kib(pid: int) -> int:
    """Return the most that it has held since it began, in KiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0])


def threads(pid: int) -> int:
    """Return how many threads it has."""
    return len(os.listdir(f"/proc/{pid}/task"))


def open_files(pid: int) -> int:
    """Return how many files and sockets it has open."""
    return len(os.listdir(f"/proc/{pid}/fd"))

"""Prints what each image weighs and what importing its entry costs: `python tests/images/measure.py`."""

import sys
import tempfile
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

from build_context import BuildContext
from dockerfile import read_dockerfile
from image_build import ImageBuild, find_python
from services import ROOT, SERVICES

TRIES = 5


def megabytes(folder: Path) -> float:
    """Return what the files below a folder weigh, in MB of 1,000,000 bytes; links weigh nothing."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(path.stat().st_size for path in files) / 1e6


def cpu_seconds(image: ImageBuild, statement: str) -> float:
    """Return the CPU seconds of a fresh process: best of a few, whatever else the machine does."""
    return min(_cpu_seconds(image, statement) for _ in range(TRIES))


def _cpu_seconds(image: ImageBuild, statement: str) -> float:
    before = getrusage(RUSAGE_CHILDREN)
    image.run(["python", "-c", statement])
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    python = find_python()
    if python is None:
        sys.exit("there is no python3.12 on this machine")
    for service in SERVICES:
        with tempfile.TemporaryDirectory() as folder:
            image = ImageBuild(BuildContext(ROOT), Path(folder), python)
            image.carry_out(read_dockerfile(service.dockerfile), COMMIT="measured")
            weights = f"{megabytes(image.folder / 'python'):.0f} MB + {megabytes(image.workdir):.1f} MB"
            imported = cpu_seconds(image, f"import {service.entry}")
            sys.stdout.write(f"{service.name}: {weights}, {imported:.2f} s\n")


if __name__ == "__main__":
    main()

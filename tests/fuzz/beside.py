"""Puts on the path what the fuzzers share with other tests, also where no pytest runs."""

import runpy
import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path += [str(Path(__file__).parent), str(TESTS / "images")]  # for `gunicorn_process`
if "conformance" not in sys.modules:
    runpy.run_path(str(TESTS / "conftest.py"))

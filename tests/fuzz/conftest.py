"""The fuzzers stand beside the tests that run a share of them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import beside  # noqa: F401

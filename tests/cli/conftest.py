"""The commands' tests meet the receivers that stand beside the tests of the channels."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "shared" / "alerts"))

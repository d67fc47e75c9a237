"""The served process stands beside the commands that break it; the tests of whole days use it too."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "breaking"))

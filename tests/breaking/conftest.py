"""The modules that break things stand beside the tests that use them; their commands are put on the path."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

"""The simulator's modules stand beside the tests that use them; its command puts them on the path itself."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

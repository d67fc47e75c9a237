"""Exit with a sentence that names every setting in the environment that the services would refuse."""

import sys

from shared.config import load_settings
from shared.errors import InvalidInput

try:
    load_settings()
except InvalidInput as error:
    sys.exit(f"error: {error}")

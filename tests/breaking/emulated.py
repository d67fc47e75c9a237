"""Breaks the emulated cloud, round after round; a slate each, and everybody expected must end once.

    python tests/breaking/emulated.py --rounds 20 [--seed K] [--fault NAME]

Without --fault, the services are killed in ROUNDS rounds, and every other fault has a sixth as many. The seed
chooses victims and moments; what the processes are doing then is theirs. The last line is the sum.
"""

import runpy
import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]


def main() -> int:
    """Put what the tests share on the path, then run the rounds."""
    sys.path.append(str(TESTS / "emulated"))
    runpy.run_path(str(TESTS / "conftest.py"))
    from emulated_rounds import run

    return run()


if __name__ == "__main__":
    raise SystemExit(main())

"""Print what must change so that the store fits the DDL, from a folder of `bq show` answers.

The folder holds one file `dataset.table.json` for each table and view that exists. Statements go to standard
output, each ended by a NUL; refusals to standard error, and then the exit code is 3 and nothing is printed.
"""

import json
import sys
from itertools import dropwhile
from pathlib import Path

from shared.warehouse.catalog import tables
from shared.warehouse.schema_changes import schema_changes

REFUSED = 3


def main(folder: Path) -> int:
    """Print the plan and return the exit code."""
    existing = {path.stem: json.loads(path.read_text("utf-8")) for path in folder.glob("*.json")}
    changes = schema_changes(tables(), existing)
    if changes.refusals:
        sys.stderr.writelines(f"refused: {sentence}\n" for sentence in changes.refusals)
        return REFUSED
    sys.stdout.writelines(f"{_without_comment(statement)}\0" for statement in changes.statements)
    return 0


def _without_comment(statement: str) -> str:
    """Drop the comment that opens a DDL file: `bq` takes a text that begins with two dashes for a flag."""
    lines = dropwhile(lambda line: line.startswith("--"), statement.splitlines())
    return "\n".join(lines).strip()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

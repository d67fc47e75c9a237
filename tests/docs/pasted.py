"""A shell into which a page is pasted: what it calls is recorded, and nothing leaves the machine."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from docs_page import ROOT

PLAYERS = "20"
_ANSWERS = {
    "config get account": "ann@example.com",
    "run services describe": "https://service-h4sh-wl.a.run.app",
    "auth print-identity-token": "a.b.c",
}
_RECORDER = f"""#!{sys.executable} -IS
import json, os, sys
name, given = os.path.relpath(sys.argv[0], os.environ["TREE"]).removeprefix("../programs/"), sys.argv[1:]
with open(os.environ["CALLS"], "a") as calls:
    calls.write(json.dumps([name, *given]) + "\\n")
for start, answer in {_ANSWERS!r}.items():
    if name == "gcloud" and " ".join(given).startswith(start):
        print(answer)
if name == ".venv/bin/nba-props" and given[0] in ("demo", "export"):  # what it writes is needed later
    more = ["--players", "{PLAYERS}"] if given[0] == "demo" else []
    os.execv({str(Path(sys.executable).with_name("nba-props"))!r}, [name, *given, *more])
if name == "bq" and "load" in given:
    sys.exit(not os.path.getsize(given[-1]))
"""


@dataclass(frozen=True)
class Pasted:
    """What came of it: how it ended, every call, program first, and the files that are new in the tree."""

    result: subprocess.CompletedProcess[str]
    calls: list[list[str]]
    left: list[Path]

    def of(self, program: str) -> list[list[str]]:
        return [call for call in self.calls if call[0] == program]


def paste(folder: Path, blocks: Sequence[str]) -> Pasted:
    """Run the blocks in one shell, in a tree of stand-ins, up to the first command that fails."""
    tree, programs, temporary = folder / "tree", folder / "programs", folder / "temporary"
    scripts = [path.relative_to(ROOT) for path in (ROOT / "bin").rglob("*.sh") if path.parent.name != "lib"]
    stand_ins = [tree / script for script in scripts] + [tree / ".venv/bin/nba-props"]
    for stand_in in (*stand_ins, *(programs / name for name in ("gcloud", "bq", "curl"))):
        stand_in.parent.mkdir(parents=True, exist_ok=True)
        stand_in.write_text(_RECORDER)
        stand_in.chmod(0o755)
    temporary.mkdir()
    (folder / "alert-urls.txt").write_text("json://localhost\n")
    calls = folder / "calls.jsonl"
    calls.touch()
    result = subprocess.run(
        ["bash", "-eu", "-c", "\n".join(blocks)],
        cwd=tree,
        env={
            "PATH": f"{programs}:{os.environ['PATH']}",
            "HOME": str(folder),
            "TMPDIR": str(temporary),
            "TREE": str(tree),
            "CALLS": str(calls),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    left = [path for path in tree.rglob("*") if path.is_file() and path not in stand_ins]
    return Pasted(result, [json.loads(line) for line in calls.read_text().splitlines()], left)

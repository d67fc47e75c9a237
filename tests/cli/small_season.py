"""The commands over past seasons, in this process, on the files of a small league."""

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "predictions" / "evaluation"))

from made_up_slates import few_games_suffice
from small_league import FIRST, REST, lines, season, write_rows

from cli.main import main

SLATES = 32
LAST = FIRST + (SLATES - 1) * REST


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: object
    out: str
    err: str


def nba_props(*words: object) -> Done:
    """Run a command that fits small trees to few games."""
    out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        few_games_suffice(patch)
        patch.setattr(sys, "argv", ["nba-props", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
    out.seek(0)
    return Done(ended.value.code, out.read(), err.getvalue())


def write_season(folder: Path) -> tuple[Path, Path]:
    """Write box scores of 32 slates and lines of half of them; return both paths."""
    rows = season(SLATES)
    return write_rows(folder / "logs.csv", rows), write_rows(folder / "lines.csv", lines(rows))

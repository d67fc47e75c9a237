"""The folder of a replay: one of its own, which only another replay may take the place of."""

from contextlib import suppress
from datetime import date
from pathlib import Path

import orjson

from local.client import StackClient
from local.data_dir import DataDir
from shared.errors import InvalidInput

MARK = "replay.json"
_MADE = ("nba.duckdb*", "day.json", "serving.json")


def prepare_folder(folder: Path, data_dir: Path, game_date: date, source: str) -> DataDir:
    """Return an empty dataset; an earlier replay in the folder is removed.

    Raises InvalidInput for the data directory itself, for a folder that holds anything else than a replay,
    and for one that is served.
    """
    if folder.resolve() == data_dir.resolve():
        raise InvalidInput(f"--into: {folder} is the data directory itself; name a folder of its own")
    if folder.exists() and not folder.is_dir():
        raise InvalidInput(f"--into: {folder} is no folder; name another one")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARK).is_file():
        raise InvalidInput(f"--into: {folder} holds other things than a replay; name another folder")
    served = DataDir(folder).served_at
    if served and StackClient(served).is_alive():
        raise InvalidInput(f"--into: a server runs on {folder}; stop it, or name another folder")
    try:
        _begin(folder, game_date, source)
    except OSError as error:
        raise InvalidInput(f"--into: {folder} cannot be written: {error.strerror}") from error
    return DataDir(folder)


def _begin(folder: Path, game_date: date, source: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).write_bytes(orjson.dumps({"game_date": game_date, "source": source}))
    for pattern in _MADE:
        for path in folder.glob(pattern):
            with suppress(FileNotFoundError):
                path.unlink()

"""A file is there as a whole or not at all."""

from pathlib import Path

import pytest

from cli.whole_file import whole_file
from shared.errors import InvalidInput


def test_a_file_takes_its_place_once_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "forecasts.csv"
    path.write_text("old", "utf-8")

    with whole_file(path) as file:
        file.write("new")
        meanwhile = path.read_text("utf-8")

    assert (meanwhile, path.read_text("utf-8")) == ("old", "new")
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("fault", [KeyboardInterrupt, ValueError], ids=["interrupted", "failed"])
def test_what_is_broken_off_leaves_what_was_there(tmp_path: Path, fault: type[BaseException]) -> None:
    path = tmp_path / "forecasts.csv"
    path.write_text("old", "utf-8")

    with pytest.raises(fault), whole_file(path) as file:  # noqa: PT012 - what follows is the fault
        file.write("half of")
        raise fault

    assert path.read_text("utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"nowhere/x\.csv cannot be written"):  # noqa: SIM117
        with whole_file(tmp_path / "nowhere" / "x.csv"):
            pass


def test_a_device_is_written_to_and_not_replaced() -> None:
    with whole_file(Path("/dev/null")) as file:
        file.write("gone")

    assert not Path("/dev/null").is_file()

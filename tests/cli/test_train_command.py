"""`nba-props train`: a folder that a worker reads, the same for the same files."""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from small_season import FIRST, LAST, nba_props, write_season

from predictions.model_store import CARD, read_card, read_model
from predictions.systems.registry import NAMES, resolve


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return write_season(tmp_path_factory.mktemp("season"))


@pytest.fixture(scope="module")
def train(season: tuple[Path, Path]) -> Any:
    """Train on the season; options can be changed."""
    logs, lines = season

    def run(folder: Path, *more: object, **options: object) -> Any:
        usual = {"logs": logs, "lines": lines, "from": FIRST, "to": LAST, "out": folder} | options
        words = (word for name, value in usual.items() for word in (f"--{name}", value))
        return nba_props("train", *words, *more)

    return run


@pytest.fixture(scope="module")
def trained(train: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    folder = tmp_path_factory.mktemp("models") / "model"
    return folder, train(folder, "--json")


def test_json_alone_is_on_standard_output_and_how_far_it_is_on_the_other(trained):
    folder, done = trained

    said = json.loads(done.out)

    assert done.code == 0
    assert said["model_hash"] == read_card(folder).model_hash
    assert (said["trained_to"], said["rows"]) == (LAST.isoformat(), read_card(folder).rows)
    assert said["metrics"]["systems"]["ensemble_v2"]["minutes_15"]["n"] > 100
    assert "Fits and forecasts" in done.err


def test_what_it_wrote_is_read_and_forecasts(trained):
    folder, _ = trained

    model = read_model(folder, read_card(folder).model_hash)

    assert len(resolve(NAMES, model)) == len(NAMES)


def test_anybody_may_read_what_it_wrote(trained):
    folder, _ = trained

    assert folder.stat().st_mode & 0o777 == 0o755
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o644}
    assert {path.name for path in folder.iterdir()} == {CARD, *read_card(folder).files}


def test_the_same_files_give_the_same_model_at_another_time(trained, train, tmp_path):
    folder, _ = trained
    target = tmp_path / "again [red]"

    done = train(target)

    first, again = read_card(folder), read_card(target)
    assert done.out.startswith(f"{target}: {again.rows:,} games")
    assert again.created_at > first.created_at
    assert again.model_hash == first.model_hash
    assert again.model_dump(exclude={"created_at"}) == first.model_dump(exclude={"created_at"})


def test_a_person_is_told_where_it_is_and_how_good(trained, train, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "300")
    folder = shutil.copytree(trained[0], tmp_path / "model")

    done = train(folder, to="2023-12-15")

    assert done.code == 0
    assert (
        f"{folder}: {read_card(folder).rows:,} games, model_hash {read_card(folder).model_hash}" in done.out
    )
    assert read_card(folder).model_hash != read_card(trained[0]).model_hash
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        pytest.param({"from": "2024-01-02", "to": "2024-01-01"}, "--from 2024-01-02 is later", id="range"),
        pytest.param({"out": "/no/such/folder/model"}, "--out: there is no folder", id="no folder"),
        pytest.param({"logs": "nowhere.csv"}, "'--logs'", id="no box scores"),
        pytest.param({"to": "2023-11-02"}, "training takes about 450", id="too few games"),
    ],
)
def test_wrong_input_ends_with_2_and_a_sentence(options, words, train, tmp_path):
    done = train(tmp_path / "model", **options)

    assert (done.code, done.out) == (2, "")
    assert words in done.err
    assert not (tmp_path / "model").exists()


def test_a_folder_of_other_things_is_not_replaced(train, tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "to_mother.txt").write_text("dear", "utf-8")

    done = train(tmp_path / "letters")

    assert done.code == 2
    assert f"--out: {tmp_path / 'letters'} holds other things than a model" in done.err
    assert [path.name for path in (tmp_path / "letters").iterdir()] == ["to_mother.txt"]


def test_what_somebody_put_beside_a_model_is_not_lost(trained, train, tmp_path):
    folder, _ = trained
    crowded = tmp_path / "crowded"
    shutil.copytree(folder, crowded)
    (crowded / "NOTES.md").write_text("ours", "utf-8")

    done = train(crowded)

    assert done.code == 2
    assert "holds other things than a model" in done.err
    assert (crowded / "NOTES.md").read_text() == "ours"

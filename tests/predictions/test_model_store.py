"""A model on disk: the same fit gives the same bytes, and what is not as its card says is not read."""

import hashlib
import json
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import pytest
from tiny_model import made_up_games, tiny_model

from predictions.model_store import CARD, card_hash, read_card, read_model, write_model
from predictions.systems.linear_v1 import LinearScore
from predictions.systems.model import Model, ModelCard
from predictions.systems.registry import TRAINED, resolve
from shared.errors import DataContractViolation, InvalidInput
from shared.features import FEATURE_NAMES

SYSTEMS = (*TRAINED, "ensemble_v2", "line_blend_v1")


@pytest.fixture(scope="module")
def model() -> Model:
    return tiny_model()


@pytest.fixture(scope="module")
def written(model: Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model in a folder, for tests that leave it as it is."""
    folder = tmp_path_factory.mktemp("models") / "model"
    write_model(folder, model)
    return folder


@pytest.fixture
def folder(written: Path, tmp_path: Path) -> Path:
    """A copy of it, to be spoilt."""
    return shutil.copytree(written, tmp_path / "model")


def rewrite_card(folder: Path, **changes: Any) -> None:
    """Change fields of a card as somebody would who knows how its hash is made."""
    card = read_card(folder).model_copy(update=changes)
    card = card.model_copy(update={"model_hash": card_hash(card)})
    (folder / CARD).write_text(card.model_dump_json(), "utf-8")


def test_what_was_written_is_read_back(model: Model, written: Path) -> None:
    table, _ = made_up_games(games=50, seed=1)

    read = read_model(written)

    for before, after in zip(resolve(SYSTEMS, model), resolve(SYSTEMS, read), strict=True):
        assert after.forecast(table).mean.tolist() == before.forecast(table).mean.tolist()
        assert after.explain(table).points.tolist() == before.explain(table).points.tolist()


def test_the_same_fit_gives_the_same_bytes(written: Path, tmp_path: Path) -> None:
    card = write_model(tmp_path / "again", tiny_model())

    files = {path.name: path.read_bytes() for path in written.iterdir()}
    assert files == {path.name: path.read_bytes() for path in (tmp_path / "again").iterdir()}
    assert card == read_card(written)


def test_no_file_but_the_card_holds_a_time(model: Model, written: Path, tmp_path: Path) -> None:
    later = model.card.model_copy(update={"created_at": datetime(2025, 7, 1, tzinfo=UTC)})

    card = write_model(tmp_path / "later", Model(later, model.medians, model.means, model.similar))

    assert card.files == read_card(written).files
    with ZipFile(written / "similar_games.npz") as games:
        assert {entry.date_time for entry in games.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_model_that_was_read_is_written_as_it_was(written: Path, tmp_path: Path) -> None:
    assert write_model(tmp_path / "copy", read_model(written)) == read_card(written)


def test_a_model_takes_the_place_of_the_one_before_and_leaves_nothing_beside_it(
    model: Model, folder: Path
) -> None:
    (folder / "mean_2.txt.gz").write_bytes(b"of an older model")

    write_model(folder, model)

    assert {path.name for path in folder.iterdir()} == {CARD, *read_card(folder).files}
    assert [path.name for path in folder.parent.iterdir()] == ["model"]


def test_a_model_that_cannot_be_written_leaves_the_one_before(folder: Path, model: Model) -> None:
    class Full:
        def model_to_string(self) -> str:
            raise OSError("no space left")

    before = read_card(folder)

    with pytest.raises(OSError, match="no space"):
        write_model(folder, Model(model.card, [Full()], model.means, model.similar))  # type: ignore[list-item]

    assert read_model(folder).card == before
    assert [path.name for path in folder.parent.iterdir()] == ["model"]


def test_the_card_says_where_the_model_is_from_on_a_line_each(written: Path) -> None:
    lines = (written / CARD).read_text("utf-8").splitlines()

    assert len(lines) == 2 + len(ModelCard.model_fields)
    assert '  "trained_from": "2021-10-19",' in lines


def test_a_pinned_model_is_read(written: Path) -> None:
    pinned = read_card(written).model_hash

    assert read_model(written, pinned).card.model_hash == pinned


def _change_a_byte(folder: Path) -> None:
    path = folder / "median_2.txt.gz"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _without(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def _card(**changes: Any) -> Callable[[Path], None]:
    return lambda folder: rewrite_card(folder, **changes)


def _without_files(start: str) -> Callable[[Path], None]:
    def rewrite(folder: Path) -> None:
        files = read_card(folder).files
        rewrite_card(folder, files={name: files[name] for name in files if not name.startswith(start)})

    return rewrite


def _edit(old: str, new: str) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        text = (folder / CARD).read_text("utf-8")
        assert old in text
        (folder / CARD).write_text(text.replace(old, new), "utf-8")

    return edit


def _of_other_games(folder: Path) -> None:
    """Put games of other features where the model's are, with the hash that they should have."""
    np.savez(folder / "similar_games.npz", names=np.array(["height"]))
    digest = hashlib.sha256((folder / "similar_games.npz").read_bytes()).hexdigest()
    rewrite_card(folder, files=read_card(folder).files | {"similar_games.npz": digest})


TURNED = (FEATURE_NAMES[1], FEATURE_NAMES[0], *FEATURE_NAMES[2:])
HEIGHT = LinearScore(("height",), 0.0, (1.0,), (0.0,), (0.0,), (1.0,))


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        pytest.param(
            _change_a_byte, r"median_2\.txt\.gz of the model is not what card\.json says", id="byte"
        ),
        pytest.param(_without("mean_1.txt.gz"), r"mean_1\.txt\.gz of the model is missing", id="no trees"),
        pytest.param(_without("similar_games.npz"), r"similar_games\.npz .* is missing", id="no games"),
        pytest.param(_without(CARD), r"there is no model in .*: card\.json cannot be read", id="no card"),
        pytest.param(shutil.rmtree, "there is no model in", id="no folder"),
        pytest.param(_edit("{\n", "{\n{"), "is not understood", id="a card that is no JSON"),
        pytest.param(_edit('"format": "1"', '"format": "2"'), "is not understood: format", id="a later card"),
        pytest.param(
            _edit('"rows": 1500', '"rows": 9'), r"card\.json of the model was changed", id="a number"
        ),
        pytest.param(_card(feature_version="v0"), "features 'v0' and should be of", id="other features"),
        pytest.param(
            _card(feature_names=(*FEATURE_NAMES, "height", "age")),
            "reads age, height, which is no feature",
            id="features that nobody computes",
        ),
        pytest.param(_card(linear=HEIGHT), "reads height, which is no feature", id="a line through one"),
        pytest.param(_card(feature_names=TURNED), r"median_1\.txt\.gz .* other features", id="another order"),
        pytest.param(_card(feature_names=FEATURE_NAMES[1:]), "other features", id="a feature too few"),
        pytest.param(_without_files("median"), r"has no median_1\.txt\.gz", id="no median"),
        pytest.param(_without_files("mean"), r"has no mean_1\.txt\.gz", id="no mean"),
        pytest.param(_without_files("similar"), r"has no similar_games\.npz", id="games not listed"),
        pytest.param(_of_other_games, "of other features than similarity_v1 reads", id="games of others"),
        pytest.param(_card(files={"../x": "0"}), r"names the file \.\./x", id="a file outside the folder"),
        pytest.param(_card(weights={"linear_v1": 0.0}), "is not understood: .*weights", id="no member"),
    ],
)
def test_what_is_not_as_the_card_says_is_refused(
    spoil: Callable[[Path], None], reason: str, folder: Path
) -> None:
    spoil(folder)

    with pytest.raises(DataContractViolation, match=reason):
        read_model(folder)


def test_another_model_than_the_pinned_one_is_refused(written: Path) -> None:
    with pytest.raises(DataContractViolation, match=r"the model is [0-9a-f]{64} and should be 1234"):
        read_model(written, "1234")


@pytest.mark.parametrize("error", ["OSError('libgomp.so.1: cannot open')", "ImportError('no module')"])
def test_a_machine_without_lightgbm_is_told_what_to_install(
    error: str, written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lightgbm.py").write_text(f"raise {error}", "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "lightgbm")

    with pytest.raises(InvalidInput, match="libgomp1 on Debian and Ubuntu, libomp on macOS"):
        read_model(written)


def test_a_card_is_json_that_anything_reads(written: Path) -> None:
    card = json.loads((written / CARD).read_bytes())

    assert (card["format"], card["rows"], card["weights"]["trees_median_v1"]) == ("1", 1500, 0.4)

"""A model in a folder: the same fit gives the same bytes, and only what is as its card says is read."""

import gzip
import hashlib
import io
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from predictions.systems.forest import Booster
from predictions.systems.model import Model, ModelCard
from predictions.systems.similar_games import SIMILAR, SimilarGames
from shared.envelope import first_fault
from shared.errors import DataContractViolation, InvalidInput
from shared.features import BY_NAME, FEATURE_VERSION

SHIPPED = Path(__file__).parent / "model"
"""The model that comes with the code."""

CARD = "card.json"
_GAMES = "similar_games.npz"
_PARTS = ("matrix", "corrections", "mean", "sd")


def write_model(folder: Path, model: Model) -> ModelCard:
    """Write a model, in place of what the folder holds, and return its card with the hashes filled in."""
    contents = dict(_contents(model))
    files = {name: _sha256(content) for name, content in contents.items()}
    card = model.card.model_copy(update={"files": files})
    card = card.model_copy(update={"model_hash": card_hash(card)})
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    beside.chmod(0o755)  # made for us alone; a service runs as somebody else
    try:
        for name, content in (contents | {CARD: _card_text(card)}).items():
            (beside / name).write_bytes(content)
            (beside / name).chmod(0o644)
        _put_in_place(beside, folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return card


def read_model(folder: Path, pinned_hash: str = "") -> Model:
    """Read a model; raise DataContractViolation naming what is not as its card or the code says.

    With a `pinned_hash` no other model is read. Raises InvalidInput if LightGBM cannot be loaded here.
    """
    card = read_card(folder)
    _check_card(card, pinned_hash)
    contents = {name: _checked(folder / name, digest) for name, digest in card.files.items()}
    return Model(
        card=card,
        medians=tuple(_boosters(contents, "median", card.feature_names)),
        means=tuple(_boosters(contents, "mean", card.feature_names)),
        similar=_similar_games(contents),
    )


def read_card(folder: Path) -> ModelCard:
    """Read a model's card alone; raise DataContractViolation if there is none that can be read."""
    try:
        return ModelCard.model_validate_json((folder / CARD).read_bytes())
    except OSError as error:
        raise DataContractViolation(f"there is no model in {folder}: {CARD} cannot be read") from error
    except ValidationError as error:
        raise DataContractViolation(f"{CARD} of the model is not understood: {first_fault(error)}") from error


def card_hash(card: ModelCard) -> str:
    """Return the model_hash that a card must have: over everything else in it but the time of day."""
    parts = card.model_dump(mode="json", exclude={"model_hash", "created_at"})
    return _sha256(json.dumps(parts, sort_keys=True, separators=(",", ":")).encode())


def _check_card(card: ModelCard, pinned_hash: str) -> None:
    if card.model_hash != card_hash(card):
        raise DataContractViolation(f"{CARD} of the model was changed after it was written")
    if pinned_hash and card.model_hash != pinned_hash:
        raise DataContractViolation(f"the model is {card.model_hash} and should be {pinned_hash}")
    if card.feature_version != FEATURE_VERSION:
        versions = f"{card.feature_version!r} and should be of {FEATURE_VERSION!r}"
        raise DataContractViolation(f"the model is of the features {versions}")
    strange = sorted(name for name in card.files if Path(name).name != name)
    if strange:
        raise DataContractViolation(f"{CARD} of the model names the file {', '.join(strange)}")
    unknown = sorted({*card.feature_names, *card.linear.names} - BY_NAME.keys())
    if unknown:
        raise DataContractViolation(f"the model reads {', '.join(unknown)}, which is no feature")


def _contents(model: Model) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a model by name, without the time of day in any of them."""
    for kind, boosters in (("median", model.medians), ("mean", model.means)):
        for number, booster in enumerate(boosters, start=1):
            yield f"{kind}_{number}.txt.gz", gzip.compress(booster.model_to_string().encode(), mtime=0)
    buffer = io.BytesIO()
    parts = {name: getattr(model.similar, name) for name in _PARTS}
    np.savez_compressed(buffer, names=np.array(list(SIMILAR)), **parts)
    yield _GAMES, buffer.getvalue()


def _card_text(card: ModelCard) -> bytes:
    """Write one line a field: a person reads it, and so does a diff."""
    fields = card.model_dump(mode="json").items()
    lines = (f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in fields)
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def _put_in_place(beside: Path, folder: Path) -> None:
    """Exchange two folders; what was there is out of the way before, so a reader sees one whole or none."""
    old = beside.with_name(f"{beside.name}.old")
    if folder.exists():
        os.replace(folder, old)
    os.replace(beside, folder)
    shutil.rmtree(old, ignore_errors=True)


def _checked(path: Path, digest: str) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataContractViolation(f"{path.name} of the model is missing") from error
    if _sha256(content) != digest:
        raise DataContractViolation(f"{path.name} of the model is not what {CARD} says")
    return content


def _boosters(contents: Mapping[str, bytes], kind: str, names: Sequence[str]) -> Iterator[Booster]:
    files = [name for name in contents if name.startswith(f"{kind}_")]
    if not files:
        raise DataContractViolation(f"the model has no {kind}_1.txt.gz")
    for file in files:
        booster = _booster(gzip.decompress(contents[file]).decode())
        if booster.feature_name() != list(names):
            raise DataContractViolation(f"{file} of the model reads other features than {CARD} says")
        yield booster


def _booster(text: str) -> Booster:
    try:
        import lightgbm  # here, so that a worker without trained systems does without it
    except (ImportError, OSError) as error:
        needs = "it needs libgomp1 on Debian and Ubuntu, libomp on macOS"
        raise InvalidInput(f"LightGBM cannot be loaded ({error}); {needs}") from error
    return lightgbm.Booster(model_str=text)


def _similar_games(contents: Mapping[str, bytes]) -> SimilarGames:
    if _GAMES not in contents:
        raise DataContractViolation(f"the model has no {_GAMES}")
    with np.load(io.BytesIO(contents[_GAMES]), allow_pickle=False) as arrays:
        found: dict[str, Any] = {name: arrays[name] for name in arrays.files}
    if list(found.pop("names", ())) != list(SIMILAR):
        raise DataContractViolation(f"{_GAMES} of the model is of other features than similarity_v1 reads")
    return SimilarGames(**found)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

"""Files that are there as a whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from shared.errors import InvalidInput


@contextmanager
def whole_file(path: Path) -> Iterator[TextIO]:
    """Yield a file that takes the place of `path` at the end; whatever fails leaves what was there before.

    Raises InvalidInput, naming the path, if it cannot be written.
    """
    is_device = path.exists() and not path.is_file()
    draft = path if is_device else path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("w", newline="", encoding="utf-8") as file:
            yield file
        if not is_device:
            draft.replace(path)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written: {error.strerror}") from error
    finally:
        if not is_device:
            with suppress(OSError):
                draft.unlink(missing_ok=True)

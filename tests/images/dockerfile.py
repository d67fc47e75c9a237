"""Reads a Dockerfile: its instructions in order, comments gone, continued lines joined."""

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template


@dataclass(frozen=True)
class Instruction:
    """One instruction: its word in capitals, and the text behind it."""

    word: str
    text: str

    @property
    def is_exec_form(self) -> bool:
        return self.text.startswith("[")

    @property
    def words(self) -> list[str]:
        """Return the words of the text, whichever form it has."""
        return json.loads(self.text) if self.is_exec_form else shlex.split(self.text)

    def pairs(self, known: Mapping[str, str]) -> dict[str, str]:
        """Return the NAME=VALUE pairs; an unknown variable in a value stands for nothing."""
        pairs = (word.partition("=") for word in self.words)
        return {name: _expand(value, known) for name, _, value in pairs}


def read_dockerfile(path: Path) -> list[Instruction]:
    """Return the instructions of a Dockerfile in order."""
    lines = (line for line in path.read_text("utf-8").splitlines() if not line.lstrip().startswith("#"))
    text = re.sub(r"\\\n\s*", "", "\n".join(lines))
    parts = (line.partition(" ") for line in text.splitlines() if line.strip())
    return [Instruction(word.upper(), rest.strip()) for word, _, rest in parts]


def _expand(value: str, known: Mapping[str, str]) -> str:
    template = Template(value)
    return template.substitute({name: known.get(name, "") for name in template.get_identifiers()})

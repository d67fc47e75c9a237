"""docs/runbook.md, taken apart: sections, blocks of code, tables, and what stands in code font."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "runbook.md").read_text("utf-8")

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(#{2,3}) (.+)$", re.MULTILINE)
_COMMAND = re.compile(r"bin/\S+\.sh\b|((\.venv/bin/)?nba-props|coordinator|worker|precompute|logs|gcloud) ")
_SPAN = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True)
class Section:
    """One heading and what stands under it, up to the next heading of any level."""

    level: int
    title: str
    chapter: str
    text: str


@dataclass(frozen=True)
class Line:
    """One command line of the page, without its comment, as a shell splits it."""

    section: str
    text: str

    @property
    def words(self) -> list[str]:
        return shlex.split(self.text, comments=True)


def _sections() -> list[Section]:
    found, chapter = [], ""
    headings = list(_HEADING.finditer(_BLOCK.sub(_without_hashes, PAGE)))
    for heading, following in zip(headings, [*headings[1:], None], strict=True):
        chapter = heading[2] if heading[1] == "##" else chapter
        end = following.start() if following else len(PAGE)
        found.append(Section(len(heading[1]), heading[2], chapter, PAGE[heading.end() : end]))
    return found


def _without_hashes(block: re.Match[str]) -> str:
    """Keep every position, and take what would look like a heading out of a shell's comments."""
    return block[0].replace("#", "-")


SECTIONS = _sections()


def blocks(language: str) -> list[tuple[str, str]]:
    """Return each block of a language, with the title of its section."""
    return [
        (section.title, block[2])
        for section in SECTIONS
        for block in _BLOCK.finditer(section.text)
        if block[1] == language
    ]


def set_up() -> str:
    """Return the block that a reader pastes first."""
    ((_, block),) = [found for found in blocks("sh") if found[0] == "Set up"]
    return block


def commands() -> list[Line]:
    """Return every command line: those of the blocks, and those in code font that begin like one."""
    lines = [
        Line(title, line) for title, block in blocks("sh") if title != "Set up" for line in block.splitlines()
    ]
    for section in SECTIONS:
        for span in _SPAN.findall(_BLOCK.sub("", section.text)):
            if _COMMAND.match(span):
                lines.append(Line(section.title, span))
    return lines


def spans() -> set[str]:
    """Return everything that stands in code font outside the blocks."""
    return set(_SPAN.findall(_BLOCK.sub("", PAGE)))


def table(title: str, first_column: str) -> list[list[str]]:
    """Return the rows of the table of a section ('' for the top) whose first column is called so."""
    text = PAGE[: PAGE.index("\n## ")] if not title else next(s.text for s in SECTIONS if s.title == title)
    lines = text.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith(f"| {first_column} |"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def anchor(title: str) -> str:
    """Return what a link to a heading looks like."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")

"""A page of docs/, taken apart: sections, blocks of code, tables, links, and what stands in code font."""

import re
import shlex
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(#{2,3}) (.+)$", re.MULTILINE)
_COMMAND = re.compile(r"bin/\S+\.sh\b|((\.venv/bin/)?nba-props|coordinator|worker|precompute|logs|gcloud) ")
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Section:
    """One heading and what stands under it, up to the next heading of any level."""

    level: int
    title: str
    chapter: str
    text: str


@dataclass(frozen=True)
class Line:
    """One command line of a page, without its comment, as a shell splits it."""

    section: str
    text: str

    @property
    def words(self) -> list[str]:
        return shlex.split(self.text, comments=True)


@dataclass(frozen=True)
class Page:
    """One file; the section titled `set_up`, if any, defines the functions that its commands use."""

    path: Path
    set_up: str = ""

    @cached_property
    def text(self) -> str:
        return self.path.read_text("utf-8")

    @cached_property
    def sections(self) -> list[Section]:
        found, chapter = [], ""
        headings = list(_HEADING.finditer(_BLOCK.sub(_without_hashes, self.text)))
        for heading, following in zip(headings, [*headings[1:], None], strict=True):
            chapter = heading[2] if heading[1] == "##" else chapter
            end = following.start() if following else len(self.text)
            found.append(Section(len(heading[1]), heading[2], chapter, self.text[heading.end() : end]))
        return found

    def blocks(self, language: str) -> list[tuple[str, str]]:
        """Return each block of a language, with the title of its section."""
        return [
            (section.title, block[2])
            for section in self.sections
            for block in _BLOCK.finditer(section.text)
            if block[1] == language
        ]

    def set_up_block(self) -> str:
        """Return the block that a reader pastes first."""
        ((_, block),) = [found for found in self.blocks("sh") if found[0] == self.set_up]
        return block

    def commands(self) -> list[Line]:
        """Return every command line: those of the blocks, and those in code font that begin like one."""
        lines = [
            Line(title, line)
            for title, block in self.blocks("sh")
            if title != self.set_up
            for line in block.replace("\\\n", "").splitlines()
        ]
        for section in self.sections:
            for span in _SPAN.findall(_BLOCK.sub("", section.text)):
                if _COMMAND.match(span):
                    lines.append(Line(section.title, span))
        return lines

    def spans(self) -> set[str]:
        """Return everything that stands in code font outside the blocks."""
        return set(_SPAN.findall(_BLOCK.sub("", self.text)))

    def links(self) -> set[str]:
        """Return where the links of the text lead."""
        return set(_LINK.findall(_BLOCK.sub("", self.text)))

    def anchors(self) -> set[str]:
        """Return what links into this page can name."""
        return {anchor(section.title) for section in self.sections}

    def table(self, title: str, first_column: str) -> list[list[str]]:
        """Return the rows of the table of a section ('' for the top) whose first column is called so."""
        top = self.text[: self.text.index("\n## ")]
        text = top if not title else next(s.text for s in self.sections if s.title == title)
        lines = text.splitlines()
        start = next(n for n, line in enumerate(lines) if line.startswith(f"| {first_column} |"))
        rows = []
        for line in lines[start + 2 :]:
            if not line.startswith("|"):
                break
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
        return rows


def _without_hashes(block: re.Match[str]) -> str:
    """Keep every position, and take what would look like a heading out of a shell's comments."""
    return block[0].replace("#", "-")


def anchor(title: str) -> str:
    """Return what a link to a heading looks like."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


RUNBOOK = Page(ROOT / "docs" / "runbook.md", set_up="Set up")
DEPLOY_GUIDE = Page(ROOT / "docs" / "deploy.md")
TELEMETRY = Page(ROOT / "docs" / "telemetry.md")
PAGES = (RUNBOOK, DEPLOY_GUIDE, TELEMETRY)
README = Page(ROOT / "README.md")

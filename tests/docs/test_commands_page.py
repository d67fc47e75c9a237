"""What docs/commands.md promises: a section and examples for every command, a row for every exit code."""

import re

import click
import pytest
from docs_page import ROOT, Page

from cli import remote, where
from cli.main import COMMANDS, DID_NOT_WORK_OUT, EXIT_CODES, INTERRUPTED, cli
from shared import caller_identity

PAGE = Page(ROOT / "docs" / "commands.md")
EXAMPLES = [
    pytest.param(section.title.split()[0], line.words, id=line.text)
    for section in PAGE.sections
    if section.level == 3
    for line in PAGE.commands()
    if line.section == section.title and line.words[:1] == ["nba-props"]
]


def test_every_command_has_a_section_and_no_other_is_described():
    described = [section.title.split()[0] for section in PAGE.sections if section.level == 3]

    assert sorted(described) == sorted(COMMANDS)


def test_every_section_has_an_example_of_its_command():
    assert {example.values[0] for example in EXAMPLES} == set(COMMANDS)


@pytest.mark.parametrize(("section", "words"), EXAMPLES)
def test_an_example_is_accepted(section, words, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for word in words:
        if word.endswith(".csv.gz"):
            (tmp_path / word).touch()
    name, command, rest = "", cli, words[1:]

    while isinstance(command, click.Group):
        name, command, rest = command.resolve_command(click.Context(command), rest)

    assert words[1] == section
    assert command.make_context(name, rest).command is command


def test_every_exit_code_has_its_row():
    codes = {0, DID_NOT_WORK_OUT, INTERRUPTED, *(code for _, code in EXIT_CODES)}

    rows = PAGE.table("Exit codes and errors", "code")

    assert {int(row[0]) for row in rows} == codes


def test_every_variable_of_the_commands_is_described_and_no_other():
    modules = (remote, where, caller_identity)
    known = {value for module in modules for value in vars(module).values() if isinstance(value, str)}
    known = {value for value in known if re.fullmatch(r"NBA_PROPS_\w+", value)}

    assert set(re.findall(r"NBA_PROPS_\w+", PAGE.text)) == known


def test_every_link_leads_somewhere():
    for link in PAGE.links():
        path, _, heading = link.partition("#")
        target = Page(PAGE.path.parent / path) if path else PAGE
        assert target.path.exists()
        assert not heading or heading in target.anchors()

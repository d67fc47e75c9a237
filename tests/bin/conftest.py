"""A cloud for every test of the scripts; `scripts_cloud` stands beside this file, loaded by its path."""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

_SPEC = spec_from_file_location("scripts_cloud", Path(__file__).with_name("scripts_cloud.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
sys.modules["scripts_cloud"] = module_from_spec(_SPEC)
_SPEC.loader.exec_module(sys.modules["scripts_cloud"])

from scripts_cloud import Cloud, make_cloud  # noqa: E402


@pytest.fixture
def cloud(tmp_path: Path) -> Cloud:
    """An empty project."""
    return make_cloud(tmp_path / "cloud")


@pytest.fixture(scope="session")
def deployed_once(tmp_path_factory: pytest.TempPathFactory) -> Cloud:
    """A project in which everything was deployed, in the documented order."""
    cloud = make_cloud(tmp_path_factory.mktemp("deployed") / "cloud")
    result = cloud.run("deploy_all.sh")
    assert result.returncode == 0, result.stderr
    return cloud


@pytest.fixture
def deployed(deployed_once: Cloud, tmp_path: Path) -> Cloud:
    """A copy of the deployed project."""
    return deployed_once.copy(tmp_path / "cloud")

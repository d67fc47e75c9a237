"""What every test may import: `conformance`, `issuer`, `otlp_collector` and others stand beside this.

They are loaded by path. With this folder on `sys.path`, `tests/shared` would hide the package `shared`.
"""

import os
import shutil
import sys
import tempfile
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
import structlog

for _name in ("conformance", "issuer", "otlp_collector", "real_programs", "tiny_model"):
    _spec = spec_from_file_location(_name, Path(__file__).with_name(f"{_name}.py"))
    assert _spec is not None
    assert _spec.loader is not None
    sys.modules[_name] = module_from_spec(_spec)
    _spec.loader.exec_module(sys.modules[_name])


def pytest_configure(config: pytest.Config) -> None:
    """Let every worker of a test, in other processes too, read a model that is fitted in a moment."""
    if not hasattr(config, "workerinput"):  # a process of pytest-xdist inherits the one of its parent
        folder = Path(tempfile.mkdtemp(prefix="nba-props-model-"))
        sys.modules["tiny_model"].write_tiny_model(folder)
        os.environ["MODEL_DIR"] = str(folder)
        config.add_cleanup(lambda: shutil.rmtree(folder))


@pytest.fixture(autouse=True)
def _log_as_it_was():
    """No level or route that one test leaves behind may reach the next one."""
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()

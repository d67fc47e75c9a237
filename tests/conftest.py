"""What every test may import: `conformance`, `issuer` and `real_programs` stand beside this file.

They are loaded by path. With this folder on `sys.path`, `tests/shared` would hide the package `shared`.
"""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
import structlog

for _name in ("conformance", "issuer", "real_programs"):
    _spec = spec_from_file_location(_name, Path(__file__).with_name(f"{_name}.py"))
    assert _spec is not None
    assert _spec.loader is not None
    sys.modules[_name] = module_from_spec(_spec)
    _spec.loader.exec_module(sys.modules[_name])


@pytest.fixture(autouse=True)
def _log_as_it_was():
    """No level or route that one test leaves behind may reach the next one."""
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()

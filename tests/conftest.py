"""What every test may import: `issuer` stands beside this file.

It is loaded by its path. With this folder on `sys.path`, `tests/shared` would hide the package `shared`.
"""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

_SPEC = spec_from_file_location("issuer", Path(__file__).with_name("issuer.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
sys.modules["issuer"] = module_from_spec(_SPEC)
_SPEC.loader.exec_module(sys.modules["issuer"])

"""Clients belong to one process: a server loads the code, forks, and each worker makes its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SCRIPT = Path(__file__).with_name("two_workers.py")
PATIENCE = 60  # seconds until a process that should be quick is a failure


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="what a process holds open is read in /proc")
def test_loading_the_adapters_opens_nothing_so_that_each_forked_worker_has_clients_of_its_own(write_api):
    run = subprocess.run(
        [sys.executable, str(SCRIPT), str(write_api.port)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )

    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == {"threads": 1, "sockets": 0, "ended": [0, 0]}, run.stderr
    assert len(write_api.attempts) == 2

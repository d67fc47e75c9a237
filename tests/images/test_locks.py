"""Every range is written once, and the locks follow the ranges."""

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from services import ROOT, SERVICES, ServiceImage

RANGES = ROOT / "requirements"
PIN = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[^ ]+)", re.MULTILINE)
every_service = pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)


def ranges(path: Path) -> list[Requirement]:
    lines = (line.partition("#")[0].strip() for line in path.read_text("utf-8").splitlines())
    return [Requirement(line) for line in lines if line]


def pins(service: ServiceImage) -> dict[str, str]:
    return dict(PIN.findall(service.lock.read_text("utf-8")))


def parts_of_the_whole() -> list[Path]:
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    return [ROOT / line.removeprefix("-r ") for line in lines if line and not line.startswith("#")]


def test_the_top_level_file_includes_the_parts_and_has_no_range_of_its_own():
    parts = ("service", "telemetry", "alerts", "forecasts", "evaluation", "embedded")

    assert parts_of_the_whole() == [RANGES / f"{part}.txt" for part in parts]


def test_no_package_has_two_ranges():
    names = [canonicalize_name(wanted.name) for part in parts_of_the_whole() for wanted in ranges(part)]

    assert len(names) == len(set(names))


@every_service
def test_a_lock_holds_each_package_that_its_service_needs_inside_its_range(service):
    locked = pins(service)

    wanted = ranges(RANGES / "service.txt") + ranges(RANGES / "telemetry.txt")
    wanted += ranges(RANGES / ("forecasts.txt" if service.name == "worker" else "alerts.txt"))

    assert [
        str(one) for one in wanted if not one.specifier.contains(locked[canonicalize_name(one.name)])
    ] == []


@every_service
def test_every_package_in_a_lock_has_hashes(service):
    entries = re.split(r"\n(?=[a-z0-9])", service.lock.read_text("utf-8"))

    pinned = [entry for entry in entries if PIN.match(entry)]
    unhashed = [entry.splitlines()[0] for entry in pinned if "--hash=sha256:" not in entry]

    assert len(pinned) == len(pins(service)) > 0
    assert unhashed == []


@every_service
def test_a_lock_names_no_index_and_no_folder_of_a_machine(service):
    text = service.lock.read_text("utf-8")

    assert re.findall(r"\S*(?://|index|find-links)\S*", text) == []
    assert re.findall(r"(?<!\w)/\w\S*", text) == []


@every_service
def test_a_lock_is_without_what_its_service_does_without(service):
    assert pins(service).keys() & service.libraries_absent == set()


def test_a_package_has_one_version_in_all_locks():
    versions: dict[str, set[str]] = {}
    for service in SERVICES:
        for name, version in pins(service).items():
            versions.setdefault(name, set()).add(version)

    assert {name: found for name, found in versions.items() if len(found) > 1} == {}

"""The three images: what each must carry, and what it must not."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class ServiceImage:
    """One image: its entry module, the folders of the tree in it, and libraries that it does without.

    `modules` are single files beside the folders, `system_packages` what it needs of the system.
    """

    name: str
    entry: str
    folders: frozenset[str]
    libraries_absent: frozenset[str]
    modules: frozenset[str] = frozenset()
    system_packages: tuple[str, ...] = ()

    @property
    def dockerfile(self) -> Path:
        return ROOT / f"Dockerfile.{self.name}"

    @property
    def lock(self) -> Path:
        return ROOT / "requirements" / f"{self.name}.lock"


_EMBEDDED = frozenset({"duckdb", "waitress", "rich", "pytz", "pytest"})
SERVICES = (
    ServiceImage(
        "coordinator",
        "predictions.coordinator.main",
        frozenset({"shared", "predictions/coordinator", "predictions/grading"}),
        _EMBEDDED | {"numpy"},
    ),
    ServiceImage(
        "worker",
        "predictions.worker.main",
        frozenset({"shared", "predictions/worker", "predictions/systems", "predictions/model"}),
        _EMBEDDED | {"apprise"},
        modules=frozenset({"predictions/model_store.py"}),
        system_packages=("libgomp1",),
    ),
    ServiceImage(
        "precompute",
        "data_processors.precompute.main",
        frozenset({"shared", "data_processors/precompute"}),
        _EMBEDDED | {"numpy"},
    ),
)

"""What is wrong with this installation, and what to type? Each look is a finding, whatever it runs into."""

from collections.abc import Sequence
from dataclasses import dataclass

from predictions.coordinator.checkups import Finding, Look
from shared.errors import AppError, DependencyUnavailable


@dataclass(frozen=True)
class Diagnosis:
    """All findings; well if nothing is known to be wrong."""

    checks: tuple[Finding, ...]

    @property
    def is_ok(self) -> bool:
        """Say whether nothing was found wrong."""
        return all(check.is_ok is not False for check in self.checks)


class Doctor:
    """Takes every look; one that fails is a finding, and no failure of the diagnosis."""

    def __init__(self, looks: Sequence[Look]) -> None:
        self._looks = tuple(looks)

    def diagnose(self) -> Diagnosis:
        """Look at everything, in turn; a store that did not answer once is not asked again."""
        findings: list[Finding] = []
        is_away = False
        for look in self._looks:
            if is_away and look.is_of_the_store:
                findings.append(Finding(look.name, None, "not looked at: the store did not answer"))
                continue
            try:
                findings.append(look.ask())
            except AppError as error:
                findings.append(Finding(look.name, False, str(error), look.next_step))
                is_away |= look.is_of_the_store and isinstance(error, DependencyUnavailable)
        return Diagnosis(tuple(findings))

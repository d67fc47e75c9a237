"""Chance, asked for by name: what is drawn for one thing does not depend on what was drawn before.

So one fault can be left out of a run, and everything else that is drawn stays as it was.
"""

from dataclasses import dataclass
from hashlib import blake2b
from random import Random


@dataclass(frozen=True)
class Dice:
    """All the chance of one run; `seed` decides it."""

    seed: int

    def of(self, *name: object) -> Random:
        """Return the chance that belongs to a name, always the same."""
        text = "|".join(str(part) for part in (self.seed, *name))
        return Random(blake2b(text.encode(), digest_size=8).digest())

"""How much work the rules of a run may make. Counts, and knows no clock."""

from __future__ import annotations

FREE = 200_000
FOR_EACH = 5_000
"""Steps for one connector more; rules of a page take a thousand or so."""


class TooMuchWork(Exception):
    """The rules make more work than any that people write."""


class StepBudget:
    """Steps that are left."""

    def __init__(self) -> None:
        self.left = FREE

    def grow(self) -> None:
        """For the next connector."""
        self.left += FOR_EACH

    def spend(self, steps: int = 1) -> None:
        self.left -= steps
        if self.left < 0:
            raise TooMuchWork

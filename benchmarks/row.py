"""What one measurement says: a value, what it is held against, and what it should be at most."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; all numbers are in `unit`.

    Where nothing could be measured `value` is None and `note` says why. `series` holds the same
    cost at several sizes.
    """

    name: str
    unit: str
    value: float | None
    reference: float | None = None
    against: str = ""
    most_ratio: float | None = None
    most_value: float | None = None
    note: str = ""
    series: tuple[tuple[int, float], ...] = ()

    @property
    def ratio(self) -> float | None:
        """The value in terms of the reference; None without one."""
        if self.value is None or not self.reference:
            return None
        return self.value / self.reference

    @property
    def share(self) -> float | None:
        """How much of what is allowed it takes: up to 1 is good. None without a target."""
        if self.most_ratio is not None and self.ratio is not None:
            return self.ratio / self.most_ratio
        if self.most_value is not None and self.value is not None:
            return self.value / self.most_value
        return None

    @property
    def reached(self) -> bool | None:
        """Whether the target is reached, to the digits that the table shows; None without one."""
        return None if self.share is None else self.share < 1.005

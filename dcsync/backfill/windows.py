"""Chooses the next part of a device's history to read, so that it fits into memory. Pure.

History is returned newest first and needed oldest first. So it is read in windows that move
forwards: each is read completely and reversed, and the next is made as wide as possible.
"""

from __future__ import annotations

from dcsync.dataclass import dataclass

MOST = 4_000
"""Events of one window that are held at once."""
WANTED = 2_800
"""Events that the next window is made for."""
NARROWEST_S = 0.001
"""Events of one moment cannot be taken apart: a window so narrow is read whatever it holds."""
WIDEST_GROWTH = 8.0


@dataclass(slots=True)
class Windows:
    """From `at_s` up to, but not including, `until_s`."""

    at_s: float
    until_s: float
    width_s: float = 0.0

    def __post_init__(self) -> None:
        self.width_s = max(self.until_s - self.at_s, NARROWEST_S)

    @property
    def is_over(self) -> bool:
        return self.at_s >= self.until_s

    @property
    def end_s(self) -> float:
        """The end of the next window; it begins at `at_s`."""
        return min(self.at_s + self.width_s, self.until_s)

    @property
    def may_overflow(self) -> bool:
        """Whether a narrower window can be tried."""
        return self.width_s > NARROWEST_S

    def read(self, count: int) -> None:
        """It held this many events, all of which were read."""
        growth = min(WANTED / count, WIDEST_GROWTH) if count else WIDEST_GROWTH
        self.at_s = self.end_s
        self.width_s = max(self.width_s * growth, NARROWEST_S)

    def overflowed(self, count: int, oldest_s: float) -> None:
        """Its newest `count` events reach back to `oldest_s`, and there are more before."""
        seconds_each = max(self.end_s - oldest_s, 0.0) / count
        narrower_s = min(WANTED * seconds_each, (self.end_s - self.at_s) / 2)
        self.width_s = max(narrower_s, NARROWEST_S)

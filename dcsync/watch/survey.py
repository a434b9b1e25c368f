"""Reads a device's history backwards until no late event can be further back. Pure.

A sensor that was out of range sends its stored events within 48 hours (docs/api.md section 13). So
two days of regular measurements without a back-filled one are the end.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise
from statistics import median

SOLID_S = 48 * 3600.0
IRREGULAR = 1.5
LEEWAY_S = 60.0
"""A measurement may come so much later than one and a half heartbeats."""
OVERLAP_S = 2.0


class Survey:
    """Of one event type. `below_s`: back-filled events are known to have come down to here."""

    def __init__(self, below_s: float = math.inf) -> None:
        self._below_s = below_s
        self._run: list[float] = []
        self._last_s = math.inf
        self._is_ordered = self._is_unbroken = True
        self.is_grounded = False
        self.hole_s = math.inf
        """A longer silence than this is a hole, if all was solid; else infinity."""

    def take(self, at_s: float, *, is_late: bool) -> None:
        """The next event of the history, which is older."""
        self._is_ordered &= at_s <= self._last_s + OVERLAP_S
        self._last_s = at_s
        if is_late or at_s > self._below_s:
            self._run.clear()
            self._is_unbroken = False
            return
        self._run.append(at_s)
        if self._is_ordered and self._run[0] - at_s >= SOLID_S:
            self._judge()

    def _judge(self) -> None:
        """Whether the last two days are regular; if not, start again below the lowest gap."""
        spaces = [newer - older for newer, older in pairwise(self._run)]
        hole_s = IRREGULAR * median(spaces) + LEEWAY_S
        holes = [place for place, space in enumerate(spaces) if space > hole_s]
        if holes:
            del self._run[: holes[-1] + 1]
            self._is_unbroken = False
            return
        self.is_grounded = True
        if self._is_unbroken:
            self.hole_s = hole_s


def are_grounded(surveys: Iterable[Survey]) -> bool:
    return all(each.is_grounded for each in surveys)

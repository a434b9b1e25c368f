"""Time, sleep and randomness, in one object that tests replace so that they never sleep."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from dcsync.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Clock:
    """The system's clock, unless a test replaces it."""

    now_s: Callable[[], float] = time.monotonic
    """Monotonic seconds."""
    unix_s: Callable[[], float] = time.time
    """Seconds since 1970, for JWTs and HTTP dates."""
    sleep: Callable[[float], None] = time.sleep
    random: Callable[[], float] = random.random
    """From 0 to 1, without 1."""

    def growing_wait_s(self, failures: int, first_s: float, longest_s: float) -> float:
        """The wait after so many failures in a row: doubled each time, half of it by chance."""
        most_s = min(first_s * 2.0 ** min(failures - 1, 10), longest_s)
        return most_s * (0.5 + self.random() / 2)

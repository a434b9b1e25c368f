"""Time, waiting and chance, in one place that tests replace so that they never sleep."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clock:
    """The machine's own, unless a test says otherwise."""

    now_s: Callable[[], float] = time.monotonic
    """Seconds that only ever grow."""
    unix_s: Callable[[], float] = time.time
    """Seconds since 1970, for JWTs and HTTP dates."""
    sleep: Callable[[float], None] = time.sleep
    random: Callable[[], float] = random.random
    """From 0 up to 1."""

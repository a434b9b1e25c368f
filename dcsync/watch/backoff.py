"""How long to wait before reconnecting. Pure."""

from __future__ import annotations

FIRST_S, LONGEST_S = 0.25, 12.0
"""A machine that wakes from sleep reconnects within 15 s."""


def wait_s(failures: int, chance: float) -> float:
    """Seconds after the `failures`-th failure in a row; `chance`, from 0 to 1, adds jitter."""
    longest = min(FIRST_S * 2.0 ** min(failures - 1, 10), LONGEST_S)
    return longest * (0.5 + chance / 2)

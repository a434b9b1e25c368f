"""How many examples of a property are tried: all of them, or a quarter in `make test`."""

from __future__ import annotations

from hypothesis import settings

WHOLE = 100
"""What a property tries that does not say how many."""
FEWEST = 3


def examples(number: int) -> int:
    """Of a property's own number, the share that the chosen profile tries."""
    return max(number * settings().max_examples // WHOLE, FEWEST)

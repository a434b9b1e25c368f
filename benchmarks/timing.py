"""CPU time of functions, in turn with what they are held against, so that noise hits both."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from itertools import starmap

Work = Callable[[], object]


def best_cpu_s(rounds: int, *works: Work) -> list[float]:
    """The least CPU time of each, over `rounds` in turn."""
    taken = [[_cpu_s(work) for work in works] for _ in range(rounds)]
    return list(starmap(min, zip(taken[0], *taken, strict=True)))


def _cpu_s(work: Work) -> float:
    gc.collect()
    begun_s = time.process_time()
    result = work()
    used_s = time.process_time() - begun_s
    del result  # to let go of it is not what is measured
    return used_s

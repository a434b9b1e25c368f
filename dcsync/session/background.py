"""Runs many functions in parallel, each in bounded time."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Generic, TypeVar

_Key = TypeVar("_Key", bound=Hashable)
_Found = TypeVar("_Found")


class Background(Generic[_Key, _Found]):
    """Functions that run in parallel, from `__init__` on."""

    def __init__(self, looks: Mapping[_Key, Callable[[], _Found]], side_by_side: int = 32) -> None:
        self._began_s = time.monotonic()
        self._pool = ThreadPoolExecutor(min(side_by_side, len(looks) or 1))
        self._futures = {key: self._pool.submit(look) for key, look in looks.items()}

    def results(self, limit_s: float | None = None) -> dict[_Key, _Found]:
        """What was found within `limit_s` of the start; whatever takes longer is left to itself.

        Raises what a function raised.
        """
        left_s = None
        if limit_s is not None:
            left_s = max(0.0, limit_s - (time.monotonic() - self._began_s))
        done, _ = wait(self._futures.values(), left_s)
        self._pool.shutdown(wait=False, cancel_futures=True)
        return {key: each.result() for key, each in self._futures.items() if each in done}

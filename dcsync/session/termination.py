"""SIGTERM ends a command the way Ctrl-C does."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def terminable() -> Iterator[None]:
    """While the block runs, SIGTERM raises KeyboardInterrupt."""
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def ending(end: Callable[[], object]) -> Iterator[None]:
    """While the block runs, Ctrl-C or SIGTERM calls `end`; the next one raises KeyboardInterrupt.

    So nothing that was taken is lost on its way to the screen.
    """

    def first(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a handler's
        for each in before:
            signal.signal(each, _interrupt)
        end()

    before = {each: signal.signal(each, first) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _interrupt(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a handler's
    raise KeyboardInterrupt

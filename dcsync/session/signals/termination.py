"""Signal handling while a command does something that must not be cut short."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

SignalHandler = Callable[[int, FrameType | None], None]
Handling = dict[signal.Signals, "signal._HANDLER"]


def handle(handler: SignalHandler) -> Handling:
    """Install a handler; returns the former handlers. Signals that `nohup` ignores stay ignored."""
    numbers = [
        number
        for number in SIGNALS
        if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN
    ]
    return {number: signal.signal(number, handler) for number in numbers}


def restore(before: Handling) -> None:
    """Restore former handlers."""
    for number, handler in before.items():
        signal.signal(number, handler)


@contextmanager
def terminable() -> Iterator[None]:
    """While the block runs, the signals raise KeyboardInterrupt."""
    before = handle(_interrupt)
    try:
        yield
    finally:
        restore(before)


@contextmanager
def ending(end: Callable[[], object]) -> Iterator[None]:
    """While the block runs, a signal calls `end`; the next one raises KeyboardInterrupt.

    So nothing that was taken is lost before it is shown.
    """

    def first(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a handler's
        handle(_interrupt)
        end()

    before = handle(first)
    try:
        yield
    finally:
        restore(before)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """A short block that completes before a signal is handled."""
    came: list[int] = []
    before = handle(lambda number, _: came.append(number))
    try:
        yield
    finally:
        restore(before)
        for number in came[:1]:
            signal.raise_signal(number)


def _interrupt(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a handler's
    raise KeyboardInterrupt

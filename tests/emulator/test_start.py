"""Starting and stopping."""

from __future__ import annotations

import threading

from dcsync import emulator


def test_stop_ends_every_thread() -> None:
    """When the block ends, no thread of the emulator is left."""
    before = threading.active_count()

    with emulator.running(seed=emulator.DEFAULT_SEED):
        assert threading.active_count() > before

    assert threading.active_count() == before

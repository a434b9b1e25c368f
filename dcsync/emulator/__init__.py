"""An emulated DT cloud for trials, tests and demos. Imports nothing of the client.

    with emulator.running() as cloud:
        project_id = cloud.add_project(display_name="Store Oslo")
        …  # any client of the DT API, with cloud.api_url as its base URL

`docs/emulator.md` is its manual.
"""

from __future__ import annotations

from dcsync.emulator.accounts import ServiceAccount
from dcsync.emulator.calls import ApiCall
from dcsync.emulator.clock import CloudClock, ManualClock, timestamp
from dcsync.emulator.faults import Fault
from dcsync.emulator.pushing.outcomes import Attempt
from dcsync.emulator.remote import RemoteEmulator, process
from dcsync.emulator.running import Emulator, running
from dcsync.emulator.seed import DEFAULT as DEFAULT_SEED
from dcsync.emulator.switches import Switches
from dcsync.emulator.wire import Refused

__all__ = [
    "DEFAULT_SEED",
    "ApiCall",
    "Attempt",
    "CloudClock",
    "Emulator",
    "Fault",
    "ManualClock",
    "Refused",
    "RemoteEmulator",
    "ServiceAccount",
    "Switches",
    "process",
    "running",
    "timestamp",
]

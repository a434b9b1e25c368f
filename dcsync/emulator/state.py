"""The shared state of the emulated cloud: switches, clock, store, lock, accounts and keys."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable

from dcsync.emulator.accounts import Accounts
from dcsync.emulator.clock import CloudClock
from dcsync.emulator.endpoint_outages import EndpointOutages
from dcsync.emulator.signatures import SigningKeys
from dcsync.emulator.store import Store
from dcsync.emulator.switches import Switches
from dcsync.emulator.wire import Json

Publish = Callable[[str, str, str, Json], object]
"""Sends an event of a device: project id, device id, event type, data."""


class State:
    """The state of one cloud. Hold `lock` to change it."""

    def __init__(
        self, switches: Switches, clock: CloudClock, store: Store, seed: int | None
    ) -> None:
        self.switches = switches
        self.clock = clock
        self.store = store
        self.lock = threading.RLock()
        self.random = random.Random(seed)  # noqa: S311 - plausible values, not keys
        self.base_url = "http://127.0.0.1"
        self.accounts = Accounts(store, clock)
        self.signing_keys = SigningKeys(store.settings)
        self.endpoint_outages = EndpointOutages(clock)

    @property
    def issuer(self) -> str:
        """The issuer of delivery signatures; its keys are published below this URL."""
        return self.switches.issuer or f"{self.base_url}/data-connector"

    def organization_of(self, project_id: str) -> str:
        project = self.store.projects.get(project_id)
        return str(project["organization"]).removeprefix("organizations/") if project else ""

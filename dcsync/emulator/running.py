"""A running emulator: the cloud behind a loopback socket, and its threads."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dcsync.emulator import control
from dcsync.emulator.accounts import ServiceAccount
from dcsync.emulator.certificates import Certificate
from dcsync.emulator.clock import CloudClock
from dcsync.emulator.cloud import Cloud
from dcsync.emulator.endpoints import Endpoints, EndpointServer
from dcsync.emulator.seed import fill
from dcsync.emulator.server import Server
from dcsync.emulator.store import Store
from dcsync.emulator.switches import Switches
from dcsync.emulator.telemetry.life import Life
from dcsync.emulator.wire import HttpRequest, HttpResponse, Json


class Emulator(Cloud):
    """A DT cloud that listens on 127.0.0.1. Created by `running`."""

    def __init__(
        self,
        switches: Switches,
        *,
        clock: CloudClock | None = None,
        store: Store | None = None,
        port: int = 0,
        random_seed: int | None = None,
    ) -> None:
        super().__init__(switches, clock, store, random_seed)
        self._endpoints = Endpoints()
        self._server = Server(self.handle, port, chunked=lambda: self.switches.stream_chunked)
        self.address = self._server.address
        self.port = self.address[1]
        self.base_url = f"http://127.0.0.1:{self.port}"
        self._life = Life(self, self.publish)
        self.account = self.accounts.first() or self.add_service_account()
        self._threads = [
            threading.Thread(target=work, daemon=True)
            for work in (self.deliveries.run, self._life.run, self.reach.run)
        ]

    def handle(self, request: HttpRequest) -> HttpResponse:
        """Respond to a request: of the API, or a control call."""
        if request.path.startswith("/control/"):
            return control.handle(self, request)
        return super().handle(request)

    @property
    def api_url(self) -> str:
        return f"{self.base_url}/v2"

    @property
    def token_url(self) -> str:
        return f"{self.base_url}/oauth2/token"

    @property
    def emulator_url(self) -> str:
        """Where emulated devices are created and publish."""
        return f"{self.base_url}/emulator/v2"

    @property
    def control_url(self) -> str:
        """The control calls for faults, switches and the call log."""
        return f"{self.base_url}/control"

    @property
    def environ(self) -> dict[str, str]:
        """The variables that configure dcsync for this cloud and its first account."""
        return self.environ_of(self.account)

    def environ_of(self, account: ServiceAccount) -> dict[str, str]:
        """The same for another account."""
        return {
            "DCSYNC_API_URL": self.api_url,
            "DCSYNC_TOKEN_URL": self.token_url,
            "DCSYNC_EMULATOR_URL": self.emulator_url,
            "DT_SERVICE_ACCOUNT_KEY_ID": account.key_id,
            "DT_SERVICE_ACCOUNT_SECRET": account.secret,
            "DT_SERVICE_ACCOUNT_EMAIL": account.email,
        }

    def set_rate(self, events_per_second: float) -> None:
        """Send this many events per second over all devices; 0: none."""
        self._life.set_rate(events_per_second)

    def wait_for_deliveries(self, timeout_s: float = 10.0) -> bool:
        """Wait until nothing is due, except retries; returns False after the timeout."""
        return self.deliveries.wait_idle(timeout_s)

    def wait_for_life(self, timeout_s: float = 10.0) -> bool:
        """Wait until all events due at the rate were sent; returns False after the timeout."""
        return self._life.wait(timeout_s)

    def wait_for_backfill(self, timeout_s: float = 10.0) -> bool:
        """Wait until devices in range again have sent all due events; returns False after the
        timeout."""
        return self.reach.wait(timeout_s)

    def wait_for_streams(self, count: int = 1, timeout_s: float = 10.0) -> bool:
        """Wait until `count` streams are open; returns False after the timeout."""
        with self.streams.changed:
            return self.streams.changed.wait_for(lambda: len(self.streams) == count, timeout_s)

    def close_streams(self, project_id: str | None = None) -> None:
        """Close the open streams, of one project or all."""
        with self.lock:
            self.streams.close(project_id)

    def revoke_tokens(self) -> None:
        """Make every access token expire now."""
        with self.lock:
            self.accounts.revoke_tokens()

    def add_endpoint(self, certificate: Certificate = "valid", status: int = 200) -> EndpointServer:
        """An endpoint for pushes on a real TLS socket, with a valid or an invalid certificate."""
        return self._endpoints.add(certificate, status)

    def rotate_signing_key(self) -> str:
        """Sign deliveries with a new key from now on; returns its id."""
        return self.signing_keys.rotate(self.clock.now())

    def start(self) -> None:
        for thread in self._threads:
            thread.start()
        self._server.start()

    def stop(self) -> None:
        """Stop everything at once; undelivered events stay in the store."""
        self._life.stop()
        self.reach.stop()
        self.deliveries.stop()
        self.close_streams()
        self._server.stop()
        self._endpoints.stop()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(1)
        with self.lock:
            self.store.commit()
            self.store.close()


@contextmanager
def running(
    *,
    port: int = 0,
    rate: float = 0.0,
    seed: Path | Json | None = None,
    state: Path | None = None,
    clock: CloudClock | None = None,
    random_seed: int | None = None,
    **switches: Any,
) -> Iterator[Emulator]:
    """A cloud that runs until the block ends.

    It starts empty, or from `seed` (a YAML file, or the same as a dict), or from the content of
    `state` (an SQLite file). `rate` is events per second; any other keyword is a switch. ValueError
    for an unknown one.
    """
    chosen = Switches().changed(switches)
    store = _open(state)
    try:
        emulator = Emulator(chosen, clock=clock, store=store, port=port, random_seed=random_seed)
    except OSError:
        store.close()
        raise
    try:
        if seed is not None and not emulator.store.projects:
            fill(emulator, seed)
            emulator.account = emulator.accounts.first() or emulator.account
        emulator.start()
        emulator.set_rate(rate)
        yield emulator
    finally:
        emulator.stop()


def _open(state: Path | None) -> Store:
    if state is None:
        return Store()
    from dcsync.emulator.journal import SqliteJournal

    return Store(SqliteJournal(state))

"""`dt.Client`: the library without global state."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

from dcsync.cloud import client
from dcsync.cloud.connect import network_settings
from dcsync.cloud.pace import OnWait, ignore_wait
from dcsync.library.configuration import CONNECTIONS, Resource, check
from dcsync.library.data_connector import DataConnector
from dcsync.library.device import Device
from dcsync.library.emulator import Emulator
from dcsync.library.event_history import EventHistory
from dcsync.library.project import Project
from dcsync.library.stream import Stream

if TYPE_CHECKING:
    from dcsync.cloud.auth import Credentials
    from dcsync.cloud.http.sessions import Session

Bound = TypeVar("Bound", bound=Resource)


class Client(client.Client):
    """Has the resources of `dt` as attributes: `client.DataConnector.list_data_connectors(…)`.

    Their calls use this client's credentials and settings and take no configuration keywords.
    Threads that share it share connections, the token, and the wait after a 429, which is reported
    to `on_wait(seconds, reason)`. Proxies and the CA bundle are looked up once, here. With a
    `session` of your own, all calls go through it; it is neither changed nor closed.
    """

    def __init__(
        self,
        auth: Credentials,
        *,
        base_url: str = client.API_URL,
        emulator_base_url: str = client.EMULATOR_URL,
        request_timeout: float = client.TIMEOUT_S,
        request_attempts: int = client.ATTEMPTS,
        connections: int = CONNECTIONS,
        on_wait: OnWait = ignore_wait,
        session: Session | None = None,
    ) -> None:
        check(base_url, emulator_base_url, request_timeout, request_attempts)
        super().__init__(
            auth,
            base_url=base_url,
            emulator_base_url=emulator_base_url,
            request_timeout=request_timeout,
            request_attempts=request_attempts,
            connections=connections,
            network=network_settings(os.environ) if session is None else None,
            on_wait=on_wait,
            session=session,
        )
        self.DataConnector = self._bound(DataConnector)
        self.Device = self._bound(Device)
        self.Emulator = self._bound(Emulator)
        self.EventHistory = self._bound(EventHistory)
        self.Project = self._bound(Project)
        self.Stream = self._bound(Stream)

    def _bound(self, resource: type[Bound]) -> type[Bound]:
        return type(resource.__name__, (resource,), {"_client": self})

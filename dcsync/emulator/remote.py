"""An emulator in a separate process, scripted through its control calls."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from dcsync.emulator.accounts import ServiceAccount
from dcsync.emulator.calls import ApiCall
from dcsync.emulator.pushing.outcomes import Attempt
from dcsync.emulator.wire import Json

if TYPE_CHECKING:
    import subprocess

_VARIABLES = 6


class RemoteEmulator:
    """A DT cloud in another process with the scripting of `Emulator`, over HTTP."""

    def __init__(self, environ: Mapping[str, str], process_id: int) -> None:
        self.environ = dict(environ)
        self.process_id = process_id
        self.api_url = environ["DCSYNC_API_URL"]
        self.token_url = environ["DCSYNC_TOKEN_URL"]
        self.emulator_url = environ["DCSYNC_EMULATOR_URL"]
        self.base_url = self.api_url.removesuffix("/v2")
        self.control_url = f"{self.base_url}/control"

    @property
    def calls(self) -> list[ApiCall]:
        """The log of API calls, oldest first."""
        return [ApiCall(**call) for call in self._control("GET", "calls")["calls"]]

    @property
    def delivery_attempts(self) -> list[Attempt]:
        return [Attempt(**item) for item in self._control("GET", "deliveries")["deliveries"]]

    def fail(self, path: str = "*", **rule: Any) -> int:
        """Make calls fail, like `Emulator.fail`; returns the rule's id."""
        return int(self._control("POST", "faults", {"path": path, **rule})["fault_id"])

    def heal(self, fault_id: int | None = None) -> None:
        self._control("DELETE", "faults" if fault_id is None else f"faults/{fault_id}")

    def switch(self, **changes: Any) -> None:
        self._control("PATCH", "switches", changes)

    def add_project(self, display_name: str = "", project_id: str | None = None) -> str:
        return str(self._do("add_project", display_name=display_name, project_id=project_id))

    def add_device(
        self,
        project_id: str,
        type: str,
        labels: Mapping[str, str] | None = None,
        device_id: str | None = None,
    ) -> str:
        return str(
            self._do(
                "add_device",
                project_id=project_id,
                type=type,
                labels=dict(labels or {}),
                device_id=device_id,
            )
        )

    def add_connector(
        self,
        project_id: str,
        resource: Json,
        connector_id: str | None = None,
        *,
        as_is: bool = False,
    ) -> str:
        place = {"project_id": project_id, "connector_id": connector_id}
        return str(self._do("add_connector", **place, resource=resource, as_is=as_is))

    def add_service_account(
        self, role: str = "organization.admin", **values: Any
    ) -> ServiceAccount:
        made = self._do("add_service_account", role=role, **values)
        return ServiceAccount(**{**made, "projects": tuple(made["projects"])})

    def connectors(self, project_id: str) -> list[Json]:
        return list(self._do("connectors", project_id=project_id))

    def publish(
        self, project_id: str, device_id: str, event_type: str, data: Json | None = None
    ) -> Json:
        place = {"project_id": project_id, "device_id": device_id}
        return dict(self._do("publish", **place, event_type=event_type, data=data))

    def set_rate(self, events_per_second: float) -> None:
        self._do("set_rate", events_per_second=events_per_second)

    def go_offline(
        self, project_id: str, minutes: float, device_id: str | None = None
    ) -> list[str]:
        arguments = {"project_id": project_id, "minutes": minutes, "device_id": device_id}
        return list(self._do("go_offline", **arguments))

    def fail_endpoint(self, url: str = "*", **outage: Any) -> None:
        self._do("fail_endpoint", url=url, **outage)

    def add_deliveries(self, connector_id: str, **deliveries: float) -> None:
        self._do("add_deliveries", connector_id=connector_id, **deliveries)

    def set_status(self, connector_id: str, status: str) -> None:
        self._do("set_status", connector_id=connector_id, status=status)

    def wait_for_backfill(self, timeout_s: float = 10.0) -> bool:
        return bool(self._do("wait_for_backfill", timeout_s=timeout_s))

    def add_organization(self, display_name: str, organization_id: str | None = None) -> str:
        arguments = {"display_name": display_name, "organization_id": organization_id}
        return str(self._do("add_organization", **arguments))

    def revoke_tokens(self) -> None:
        self._do("revoke_tokens")

    def rotate_signing_key(self) -> str:
        return str(self._do("rotate_signing_key"))

    def wait_for_life(self, timeout_s: float = 10.0) -> bool:
        return bool(self._do("wait_for_life", timeout_s=timeout_s))

    def close_streams(self, project_id: str | None = None) -> None:
        self._do("close_streams", project_id=project_id)

    def wait_for_deliveries(self, timeout_s: float = 10.0) -> bool:
        return bool(self._do("wait_for_deliveries", timeout_s=timeout_s))

    def wait_for_streams(self, count: int = 1, timeout_s: float = 10.0) -> bool:
        return bool(self._do("wait_for_streams", count=count, timeout_s=timeout_s))

    def _do(self, operation: str, **arguments: Any) -> Any:
        return self._control("POST", operation, arguments)["result"]

    def _control(self, method: str, name: str, body: Json | None = None) -> Json:
        """A control call; ValueError with the emulator's message if it is refused."""
        from http.client import HTTPConnection

        connection = HTTPConnection(urlsplit(self.base_url).netloc, timeout=60)
        try:
            connection.request(method, f"/control/{name}", json.dumps(body or {}))
            response = connection.getresponse()
            content: Json = json.loads(response.read())
        finally:
            connection.close()
        if response.status != 200:
            raise ValueError(content["error"])
        return content


@contextmanager
def process(
    *,
    port: int = 0,
    rate: float = 0.0,
    seed: Path | None = None,
    state: Path | None = None,
    **switches: Any,
) -> Iterator[RemoteEmulator]:
    """`dcsync emulator` in a separate process until the block ends.

    Without `seed` it has the default world of the command. ChildProcessError with its output if it
    does not start.
    """
    import subprocess

    options = [f"--port={port}", f"--rate={rate}"]
    options += [f"--{name}={path}" for name, path in (("seed", seed), ("state", state)) if path]
    options += [f"--switch={name}={_written(value)}" for name, value in switches.items()]
    command = [sys.executable, "-m", "dcsync", "emulator", "--quiet", *options]
    child = subprocess.Popen(  # noqa: S603 - this program itself
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield RemoteEmulator(_environ(child), child.pid)
    finally:
        child.terminate()
        child.communicate()


def _environ(child: subprocess.Popen[str]) -> dict[str, str]:
    """The variables that an emulator prints when it starts."""
    assert child.stdout is not None  # noqa: S101 - it is a pipe
    lines = [child.stdout.readline() for _ in range(_VARIABLES)]
    if not lines[-1]:
        raise ChildProcessError(child.communicate()[1].strip())
    pairs = (line.strip().removeprefix("export ").partition("=") for line in lines)
    return {name: value.strip("'") for name, _, value in pairs}


def _written(value: object) -> str:
    """A switch's value in the notation of the command line."""
    if value is None or isinstance(value, bool):
        return str(value).lower()
    return ",".join(value) if isinstance(value, list | tuple) else str(value)

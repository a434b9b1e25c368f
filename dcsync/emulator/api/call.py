"""An authenticated API call, passed to its handler."""

from __future__ import annotations

from collections.abc import Mapping

from dcsync.dataclass import dataclass
from dcsync.emulator.accounts import ServiceAccount
from dcsync.emulator.wire import HttpRequest
from dcsync.emulator.world import World


@dataclass(frozen=True, slots=True)
class Call:
    """A request, its account, and the identifiers in its path."""

    cloud: World
    request: HttpRequest
    account: ServiceAccount
    names: Mapping[str, str]

    @property
    def project_id(self) -> str:
        return self.names.get("project", "")

    @property
    def resource_id(self) -> str:
        """The connector, device or organization in the path."""
        return self.names.get("resource", "")

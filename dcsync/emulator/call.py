"""One authenticated API call on its way to its handler."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dcsync.emulator.accounts import ServiceAccount
from dcsync.emulator.wire import Request
from dcsync.emulator.world import World


@dataclass(frozen=True, slots=True)
class Call:
    """A request, who makes it, and the identifiers in its path."""

    cloud: World
    request: Request
    account: ServiceAccount
    names: Mapping[str, str]

    @property
    def project_id(self) -> str:
        return self.names.get("project", "")

    @property
    def resource_id(self) -> str:
        """The connector, device or organization that the path names."""
        return self.names.get("resource", "")

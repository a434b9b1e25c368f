"""The endpoints of connectors: host and port of each URL, and how to show them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import SplitResult, urlsplit

from dcsync.dataclass import dataclass, field
from dcsync.model import (
    Declared,
    DeclaredProject,
    Secret,
    SecretOrStr,
    is_known,
    leaves_with,
    reveal,
)

PORTS = {"https": 443, "http": 80, "sb": 443}


@dataclass(frozen=True, slots=True)
class Place:
    """`shown` is printed; the host of a `hidden` one comes from a variable, and is a secret."""

    scheme: str
    host: str = field(repr=False)
    port: int
    shown: str
    hidden: bool = False

    @property
    def url(self) -> str:
        """The URL for proxy settings; always with the port."""
        scheme = "http" if self.scheme == "http" else "https"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{host}:{self.port}"


def places_of(projects: Iterable[DeclaredProject]) -> dict[Place, tuple[str, ...]]:
    """The endpoints of the declared connectors, each once, with the connectors' addresses.

    Connectors declared USER_DISABLED and those with an unknown URL are omitted.
    """
    found: dict[Place, dict[str, None]] = {}
    for project in projects:
        for declared in project.connectors:
            for place in _places(declared):
                found.setdefault(place, {})[declared.address] = None
    return {place: tuple(addresses) for place, addresses in found.items()}


def _places(declared: Declared) -> Iterator[Place]:
    if declared.connector.status == "USER_DISABLED":
        return
    for _, leaf in leaves_with(declared.connector.config, "endpoint"):
        if isinstance(leaf, str | Secret) and is_known(leaf):
            parts = _parsed(reveal(leaf))
            if parts is not None and parts.hostname:
                yield _place(parts, parts.hostname.lower(), leaf)


def _place(parts: SplitResult, host: str, leaf: SecretOrStr) -> Place:
    port = parts.port or PORTS[parts.scheme]
    shown = _parsed(leaf.shown) if isinstance(leaf, Secret) else parts
    if shown is not None and (shown.hostname or "").lower() == host:
        name = f"[{host}]" if ":" in host else host
        return Place(parts.scheme, host, port, f"{name}:{port}")
    return Place(parts.scheme, host, port, str(leaf), hidden=True)


def _parsed(url: str) -> SplitResult | None:
    """The URL's parts; None unless scheme and port are valid for an endpoint."""
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme in PORTS and parts.port != 0
    except ValueError:
        return None
    return parts if is_usable else None

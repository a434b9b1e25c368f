"""How servers are reached: proxies, exceptions from them, and whom to trust. Decided once.

requests' own look-up of `no_proxy` writes to the environment for a moment, which other threads see.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]

from dcsync.errors import ConfigurationError

_SCHEMES = frozenset({"http", "https", "socks4", "socks4a", "socks5", "socks5h"})


@dataclass(frozen=True, slots=True)
class Route:
    """How the servers are reached: proxies by URL scheme, the CA bundle (None: certifi's)."""

    proxies: Mapping[str, str] = field(default_factory=dict, repr=False)
    no_proxy: str = ""
    ca_bundle: str | None = None

    def proxies_to(self, url: str) -> dict[str, str]:
        """The proxy on the way to a URL, by the URL's scheme; nothing where there is none."""
        parts = urlsplit(url)
        proxy = self.proxies.get(parts.scheme)
        if not proxy or _is_excepted(parts, self.no_proxy):
            return {}
        return {parts.scheme: _usable(proxy if "://" in proxy else f"http://{proxy}", parts.scheme)}


def _is_excepted(parts: SplitResult, no_proxy: str) -> bool:
    """By name, by suffix, by address or, as requests has it, by network."""
    if proxy_bypass_environment(parts.netloc, {"no": no_proxy}):
        return True
    with suppress(ValueError):
        address = ip_address(parts.hostname or "")
        return any(address in network for network in _networks(no_proxy))
    return False


def _networks(no_proxy: str) -> Iterator[IPv4Network | IPv6Network]:
    for each in no_proxy.split(","):
        with suppress(ValueError):
            yield ip_network(each.strip().strip("[]"), strict=False)


def _usable(proxy: str, scheme: str) -> str:
    with suppress(ValueError):
        parts = urlsplit(proxy)
        if parts.scheme in _SCHEMES and parts.hostname and parts.port != 0:
            if parts.username and parts.password is None:  # requests would send no credentials
                parts = parts._replace(netloc=parts.netloc.replace("@", ":@"))
            return parts.geturl()
    raise ConfigurationError(
        f"the proxy in {scheme}_proxy must look like http://host:port or socks5h://host:port"
    )

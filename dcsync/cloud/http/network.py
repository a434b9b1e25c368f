"""Network settings: proxies, `no_proxy` and the CA bundle, looked up once.

requests' own look-up of `no_proxy` briefly changes the environment, which other threads see.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]

from dcsync.dataclass import dataclass, field
from dcsync.errors import ConfigurationError

_SCHEMES = frozenset({"http", "https", "socks4", "socks4a", "socks5", "socks5h"})


@dataclass(frozen=True, slots=True)
class NetworkSettings:
    """Proxies by URL scheme, exceptions from them, and the CA bundle (None: certifi's)."""

    proxies: Mapping[str, str] = field(default_factory=dict, repr=False)
    no_proxy: str = ""
    ca_bundle: str | None = None

    def proxies_to(self, url: str) -> dict[str, str]:
        """The proxy for a URL, by the URL's scheme; empty if there is none."""
        parts = urlsplit(url)
        proxy = self.proxies.get(parts.scheme)
        if not proxy or _is_excepted(parts, self.no_proxy):
            return {}
        return {parts.scheme: _usable(proxy if "://" in proxy else f"http://{proxy}", parts.scheme)}


def _is_excepted(parts: SplitResult, no_proxy: str) -> bool:
    """Whether `no_proxy` matches by name, suffix, address or, as in requests, network."""
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

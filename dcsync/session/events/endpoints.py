"""The endpoints that `watch --forward-to` and `backfill` deliver to, with their secrets."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from urllib.parse import urlsplit

from dcsync import declare
from dcsync.cloud import Reader
from dcsync.cloud.clock import Clock
from dcsync.cloud.connect import network_settings
from dcsync.cloud.http.network import NetworkSettings
from dcsync.dataclass import replace
from dcsync.deliver import HttpPoster, Target, target_of
from dcsync.loopback import is_loopback_url
from dcsync.model import Declared
from dcsync.session.selection.declarations import paths_of
from dcsync.session.selection.directory import Directory


def resolved(
    paths: Sequence[str], reader_of: Callable[[], Reader], addresses: Collection[str]
) -> dict[str, Declared]:
    """The connectors at these addresses with their secrets; no other secrets are read.

    DeclarationError has the position of a variable that is not set.
    """
    declarations = declare.load(
        paths_of(paths), environ=os.environ, discover=Directory(reader_of), only=addresses
    )
    return {
        declared.address: declared
        for project in declarations.projects
        for declared in project.connectors
        if declared.address in addresses
    }


def targets_of(
    connectors: Mapping[str, Declared], to: str, *, allow_http: bool
) -> dict[str, Target]:
    """Each connector's endpoint, or `to` instead. ConfigurationError."""
    return {
        address: target_of(declared.connector, to, allow_http=allow_http)
        for address, declared in connectors.items()
    }


def poster_of(targets: dict[str, Target], connections: int) -> HttpPoster:
    """Posts to the targets; those on loopback bypass proxies."""
    network = _past_proxies(network_settings(os.environ), targets)
    return HttpPoster(targets, network, Clock(), connections=connections)


def _past_proxies(network: NetworkSettings, targets: Mapping[str, Target]) -> NetworkSettings:
    urls = {target.revealed_url for target in targets.values()}
    own = sorted(urlsplit(url).netloc for url in urls if is_loopback_url(url))
    return replace(network, no_proxy=",".join(filter(None, (network.no_proxy, *own))))

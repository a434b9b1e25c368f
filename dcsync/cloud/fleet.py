"""Lists many projects side by side, each once. One that fails does not stop the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from dcsync.errors import CloudError, ConfigurationError, CredentialsError, Unauthorized
from dcsync.model import Connector

Listing = tuple[Connector, ...] | CloudError
"""A project's connectors, or why they could not be listed."""


OnListed = Callable[[str, tuple[Connector, ...]], None]
"""Hears of each project that was listed, in the thread that listed it."""


def tell_nobody(project_id: str, connectors: tuple[Connector, ...]) -> None:
    """The listener of those who wait for all."""


class Lister(Protocol):
    """What listing needs of a Reader."""

    def list_data_connectors(self, project_id: str) -> tuple[Connector, ...]: ...


def list_projects(
    reader: Lister,
    project_ids: Iterable[str],
    parallelism: int,
    on_listed: OnListed = tell_nobody,
) -> Mapping[str, Listing]:
    """Each project's listing by its id.

    Raises the errors that would be the same for all: of credentials, token and settings.
    """

    def list_one(project_id: str) -> Listing:
        try:
            connectors = reader.list_data_connectors(project_id)
        except (ConfigurationError, CredentialsError, Unauthorized):
            raise
        except CloudError as error:
            return error
        on_listed(project_id, connectors)
        return connectors

    ids = list(project_ids)
    pool = ThreadPoolExecutor(max_workers=parallelism)
    try:
        return dict(zip(ids, pool.map(list_one, ids), strict=True))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)

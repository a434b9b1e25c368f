"""Lists many projects concurrently, each once. A project that fails does not stop the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Protocol

from dcsync.errors import CloudError, ConfigurationError, CredentialsError, Unauthorized
from dcsync.model import Connector

Listing = tuple[Connector, ...] | CloudError
"""A project's connectors, or why they could not be listed."""


class Lister(Protocol):
    """The part of Reader that listing uses."""

    def list_data_connectors(self, project_id: str) -> tuple[Connector, ...]: ...


def list_projects(
    reader: Lister, project_ids: Iterable[str], parallelism: int
) -> Mapping[str, Listing]:
    """Each project's listing by project id. Raises what `list_each` raises."""
    ids = list(project_ids)
    found = dict(list_each(reader, ids, parallelism))
    return {project_id: found[project_id] for project_id in ids}


def list_each(
    reader: Lister, project_ids: Iterable[str], parallelism: int
) -> Iterator[tuple[str, Listing]]:
    """Each project's id and listing, in the order in which they complete.

    Raises errors that would be the same for every project: credentials, token and settings.
    """

    def list_one(project_id: str) -> tuple[str, Listing]:
        try:
            return project_id, reader.list_data_connectors(project_id)
        except (ConfigurationError, CredentialsError, Unauthorized):
            raise
        except CloudError as error:
            return project_id, error

    pool = ThreadPoolExecutor(max_workers=parallelism)
    try:
        for done in as_completed([pool.submit(list_one, each) for each in project_ids]):
            yield done.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)

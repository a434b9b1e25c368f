"""The display names of projects: looked up on demand, with few calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

from dcsync.declare import Discovery, FoundProject
from dcsync.errors import CloudError

if TYPE_CHECKING:  # what connects to nothing starts in half the time without
    from dcsync.cloud import Reader
    from dcsync.cloud.projects import Project

PAGE = 100
"""Projects of a page of the API's listing (docs/api.md section 3.1)."""


class Directory:
    """The projects visible to the account, as far as they were requested; a `declare.Discover`.

    Connects on first use and requests nothing twice.
    """

    def __init__(self, reader_of: Callable[[], Reader]) -> None:
        self._reader_of = reader_of
        self._found: dict[str, Sequence[FoundProject]] = {}
        self._names: dict[str, str] = {}

    def __call__(self, discovery: Discovery) -> Sequence[FoundProject]:
        organization_id = discovery.organization
        if organization_id not in self._found:
            projects = self._reader_of().list_projects(organization_id)
            self._note(projects)
            # Listings have no certain order; plans and waves have.
            self._found[organization_id] = [
                FoundProject(each.project_id, each.display_name, each.is_inventory)
                for each in sorted(projects, key=lambda each: each.project_id)
            ]
        return self._found[organization_id]

    @property
    def known(self) -> Mapping[str, str]:
        """The display names that are already known, by project id."""
        return self._names

    def names_of(self, project_ids: Iterable[str]) -> Mapping[str, str]:
        """The display names of these projects, as far as few calls provide them, none of which is
        retried; they are only shown beside ids, and nothing depends on them."""
        ids = set(project_ids)
        with suppress(CloudError):
            self._look_up(ids, PAGE * (1 + len(ids) // PAGE), retries=False)
        return self._names

    def look_up(self, project_ids: Iterable[str]) -> Mapping[str, str]:
        """All their names. CloudError."""
        self._look_up(project_ids, None, retries=True)
        return self._names

    def _look_up(self, project_ids: Iterable[str], most: int | None, *, retries: bool) -> None:
        """Names among the first `most` visible projects."""
        missing = set(project_ids) - self._names.keys()
        if len(missing) == 1:
            self._note([self._reader_of().get_project(*missing, retries=retries)])
        elif missing:
            for project in islice(self._reader_of().each_project(retries=retries), most):
                self._note([project])
                missing.discard(project.project_id)
                if not missing:
                    break

    def _note(self, projects: Iterable[Project]) -> None:
        self._names.update((each.project_id, each.display_name) for each in projects)

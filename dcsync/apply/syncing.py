"""Calls :sync for selected connectors. Changes no connector."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from dcsync.apply.outcome import Outcome, Status
from dcsync.apply.side_by_side import side_by_side
from dcsync.apply.sync import Sync
from dcsync.cloud import Writer
from dcsync.cloud.fleet import Listing
from dcsync.errors import CloudError
from dcsync.model import Connector, Declared, DeclaredProject
from dcsync.plan import Narrowing
from dcsync.plan.match import match


def syncs_of(project: DeclaredProject, narrowing: Narrowing, listing: Listing) -> tuple[Sync, ...]:
    """A Sync for each declared connector of the run."""
    named = [each for each in project.connectors if narrowing.takes(each.address)]
    if isinstance(listing, CloudError):
        return tuple(_sync(project, each, None, str(listing)) for each in named)
    matches = match(project.connectors, listing)
    problem = "; ".join(each.message for each in matches.problems)
    live = {declared.address: found for declared, found in matches.pairs}
    return tuple(_sync(project, each, live.get(each.address), problem) for each in named)


def sync_all(
    syncs: Sequence[Sync],
    writer: Writer,
    *,
    parallelism: int,
    clock: Callable[[], float],
    stopped: Callable[[], bool],
    starting: Callable[[Sync], None],
) -> Iterator[Outcome]:
    """An outcome for each, as they complete; one with an obstacle fails without a call."""

    def run(project: Sequence[Sync]) -> Iterator[Outcome]:
        for each in project:
            if stopped():
                yield _outcome(each, Status.NOT_ATTEMPTED, "interrupted before its turn")
                continue
            starting(each)
            began = clock()
            status, error = _try(each, writer)
            yield _outcome(each, status, error, clock() - began)

    return side_by_side(syncs, run, parallelism)


def _sync(
    project: DeclaredProject, declared: Declared, live: Connector | None, problem: str
) -> Sync:
    return Sync(
        address=declared.address,
        project_key=project.key,
        project_id=project.project_id,
        data_connector_id=live.data_connector_id if live else "",
        display_name=declared.connector.display_name,
        source=declared.position,
        obstacle=problem or ("" if live else "it is not live; 'dcsync apply' creates it"),
    )


def _outcome(sync: Sync, status: Status, error: str, seconds: float = 0.0) -> Outcome:
    return Outcome(sync, status, error, sync.data_connector_id, seconds)


def _try(sync: Sync, writer: Writer) -> tuple[Status, str]:
    if sync.obstacle:
        return Status.FAILED, sync.obstacle
    try:
        writer.sync_data_connector(sync.project_id, sync.data_connector_id)
    except CloudError as error:
        return Status.FAILED, str(error)
    return Status.DONE, ""

"""Calls :sync for connectors that somebody named. Changes no connector."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from dcsync.apply.outcome import Outcome, Status
from dcsync.apply.side_by_side import side_by_side
from dcsync.apply.sync import Sync
from dcsync.cloud import Writer
from dcsync.errors import CloudError

NOT_LIVE = "it is not live; 'dcsync apply' creates it"


def sync_all(
    syncs: Sequence[Sync],
    writer: Writer,
    *,
    parallelism: int,
    clock: Callable[[], float],
    stopped: Callable[[], bool],
) -> Iterator[Outcome]:
    """An outcome for each, as they come; one that is not live fails without a call."""

    def run(project: Sequence[Sync]) -> Iterator[Outcome]:
        for each in project:
            if stopped():
                yield _outcome(each, Status.NOT_ATTEMPTED, "interrupted before its turn")
            else:
                began = clock()
                status, error = _try(each, writer)
                yield _outcome(each, status, error, clock() - began)

    return side_by_side(syncs, run, parallelism)


def _outcome(sync: Sync, status: Status, error: str, seconds: float = 0.0) -> Outcome:
    return Outcome(sync, status, error, sync.data_connector_id, seconds)


def _try(sync: Sync, writer: Writer) -> tuple[Status, str]:
    if not sync.data_connector_id:
        return Status.FAILED, NOT_LIVE
    try:
        writer.sync_data_connector(sync.project_id, sync.data_connector_id)
    except CloudError as error:
        return Status.FAILED, str(error)
    return Status.DONE, ""

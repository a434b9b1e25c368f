"""How often a call is made before it is given up: as often as any other call, never once less."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dcsync.apply import Status
from dcsync.cloud.client import ATTEMPTS
from dcsync.emulator import ApiCall
from tests.apply.conftest import Bench, declared

NEW = declared("new", sync_after=("create",))
CHANGED = declared("old", labels=("name",))
NOTHING_LISTED = '{"dataConnectors": [], "nextPageToken": ""}'
FOREVER: dict[str, Any] = {"count": None}


def _is_sync(call: ApiCall) -> bool:
    return call.path.endswith(":sync")


def _is_update(call: ApiCall) -> bool:
    return call.method == "PATCH"


def _is_listing(call: ApiCall) -> bool:
    return call.method == "GET" and call.path.endswith("/dataconnectors")


@pytest.mark.parametrize(
    ("fault", "is_it", "before", "status"),
    [
        ({"match": "*:sync", "status": 404}, _is_sync, 0, Status.NOT_SYNCED),
        ({"match": "*/old", "method": "PATCH", "status": 500}, _is_update, 0, Status.FAILED),
        (
            {"match": "*/dataconnectors", "method": "GET", "after": 1, "status": 200,
             "body": NOTHING_LISTED},
            _is_listing, 1, Status.FAILED,
        ),
    ],
    ids=["sync of a new one", "update", "listing without the new one"],
)  # fmt: skip
def test_what_never_works_is_tried_as_often_as_any_call(
    bench: Bench,
    fault: dict[str, Any],
    is_it: Callable[[ApiCall], bool],
    before: int,
    status: Status,
) -> None:
    """The first failure counts as the first."""
    bench.apply(declared("old"))
    done = len(bench.cloud.calls)
    fault = {**fault, "match": fault["match"].replace("/old", f"/{bench.id_of('old')}")}
    bench.cloud.fail(fault.pop("match"), **fault, **FOREVER)

    outcomes = bench.apply(*((CHANGED,) if "PATCH" in fault.values() else (declared("old"), NEW)))

    assert [each.status for each in outcomes] == [status]
    assert sum(map(is_it, list(bench.cloud.calls)[done:])) == before + ATTEMPTS

"""Lists a fleet's connectors in one of three ways and prints the seconds it took.

`python -m benchmarks.listing WAY PROJECTS THREADS`. The SDK's ways are what people write with it.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from benchmarks.fleet import Fleet

Listing = Callable[[list[str]], int]
"""Lists projects and tells how many connectors it found."""


def main() -> None:
    """Prepare, list, print."""
    way, projects, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    fleet = Fleet(projects)
    listing = WAYS[way](threads)
    begun_s = time.perf_counter()
    found = listing(fleet.project_ids)
    print(time.perf_counter() - begun_s)
    assert found == projects * fleet.connectors


def _dcsync(threads: int) -> Listing:
    import jwt  # noqa: F401 - dcsync imports it late, the SDK at once

    from dcsync import cloud
    from dcsync.cloud.fleet import list_projects
    from dcsync.errors import CloudError

    reader = cloud.Reader(cloud.connect(os.environ, connections=threads))

    def listing(project_ids: list[str]) -> int:
        found = list_projects(reader, project_ids, threads)
        return sum(0 if isinstance(each, CloudError) else len(each) for each in found.values())

    return listing


def _sdk(_: int) -> Listing:
    list_one = _sdk_call()
    return lambda project_ids: sum(map(list_one, project_ids))


def _sdk_pool(threads: int) -> Listing:
    list_one = _sdk_call()

    def listing(project_ids: list[str]) -> int:
        with ThreadPoolExecutor(threads) as pool:
            return sum(pool.map(list_one, project_ids))

    return listing


def _sdk_call() -> Callable[[str], int]:
    from benchmarks.sdk import official

    sdk = official()
    return lambda project_id: len(sdk.DataConnector.list_data_connectors(project_id))


WAYS: dict[str, Callable[[int], Listing]] = {
    "dcsync": _dcsync,
    "sdk": _sdk,
    "sdk-pool": _sdk_pool,
}

if __name__ == "__main__":
    main()

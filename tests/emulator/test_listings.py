"""Pages, their tokens, and the order of listings."""

from __future__ import annotations

from itertools import chain
from typing import Any

import pytest

from dcsync import emulator
from tests.emulator.conftest import PROJECT, Api

CONNECTORS = f"/projects/{PROJECT}/dataconnectors"
OTHER = "c16pegipidie7lltrefg"


@pytest.fixture(autouse=True)
def ids(cloud: emulator.Emulator, project: str) -> list[str]:
    """Five connectors, by name of resource, oldest first."""
    body = {"type": "HTTP_PUSH", "httpConfig": {"url": "https://example.com"}}
    return [
        f"projects/{project}/dataconnectors/{cloud.add_connector(project, body)}" for _ in range(5)
    ]


def names(page: dict[str, Any]) -> list[str]:
    return [resource["name"] for resource in page["dataConnectors"]]


def all_pages(api: Api, **query: Any) -> list[list[str]]:
    pages, token = [], ""
    while True:
        page = api.get(CONNECTORS, page_token=token, **query)
        pages.append(names(page))
        token = page["nextPageToken"]
        if not token:
            return pages


def test_pages(api: Api, ids: list[str]) -> None:
    """Pages of the asked size, each thing once, and an empty token after the last."""
    assert all_pages(api, page_size=2) == [ids[:2], ids[2:4], ids[4:]]
    assert all_pages(api, page_size=5) == [ids]
    assert all_pages(api) == [ids]


def test_both_spellings(api: Api, ids: list[str]) -> None:
    """Query parameters may be written in snake case or in camel case."""
    first = api.get(CONNECTORS, pageSize=3)
    rest = api.get(CONNECTORS, pageSize=3, pageToken=first["nextPageToken"])

    assert names(first) + names(rest) == ids


def test_largest_page_switch(cloud: emulator.Emulator, api: Api, ids: list[str]) -> None:
    """Small pages can be forced on clients that ask for no size."""
    cloud.switch(max_page_size=2)

    assert all_pages(api) == [ids[:2], ids[2:4], ids[4:]]
    assert all_pages(api, page_size=100) == [ids[:2], ids[2:4], ids[4:]]


def test_default_page_switch(cloud: emulator.Emulator, api: Api, ids: list[str]) -> None:
    """A page without a size can be smaller than the largest."""
    cloud.switch(default_page_size=4)

    assert all_pages(api) == [ids[:4], ids[4:]]
    assert all_pages(api, page_size=5) == [ids]


def test_oversized_page_switch(cloud: emulator.Emulator, api: Api) -> None:
    """A page size above the largest is cut, or refused."""
    cloud.switch(oversized_page="reject")

    assert api.call("GET", CONNECTORS, page_size=101).status_code == 400
    assert api.call("GET", CONNECTORS, page_size=100).status_code == 200


@pytest.mark.parametrize("size", ["-1", "two", "1.5"])
def test_bad_page_size(api: Api, size: str) -> None:
    """A page size that is no number is refused."""
    assert api.call("GET", CONNECTORS, page_size=size).status_code == 400


def test_listing_goes_on_when_things_go(api: Api, ids: list[str]) -> None:
    """What is deleted between two pages makes the second skip nothing that is still there."""
    first = api.get(CONNECTORS, page_size=2)
    api.call("DELETE", f"/{ids[0]}")

    assert names(api.get(CONNECTORS, page_token=first["nextPageToken"])) == ids[2:]


@pytest.mark.parametrize("token", ["nonsense", "bm9uc2Vuc2U", "W10", "!!!", "e30", "OTHER"])
@pytest.mark.parametrize(("switch", "status"), [("reject", 400), ("ignore", 200)])
def test_token_of_another_listing(
    cloud: emulator.Emulator, api: Api, ids: list[str], token: str, switch: str, status: int
) -> None:
    """A token that this listing did not give is refused, or starts from the beginning."""
    cloud.switch(invalid_page_token=switch)
    cloud.add_project("Store Oslo", OTHER)
    if token == "OTHER":
        token = api.get("/projects", page_size=1)["nextPageToken"]

    answer = api.call("GET", CONNECTORS, page_token=token)

    assert answer.status_code == status
    assert status == 400 or names(answer.json()) == ids


def test_order_switch(cloud: emulator.Emulator, api: Api, ids: list[str]) -> None:
    """Listings come oldest first, newest first, or shuffled the same way each time, pages too."""
    orders = {}
    for order, seed in (("created", 0), ("newest", 0), ("shuffled", 1), ("shuffled", 2)):
        cloud.switch(list_order=order, shuffle_seed=seed)
        whole = names(api.get(CONNECTORS))
        assert list(chain(*all_pages(api, page_size=2))) == whole
        orders[order, seed] = whole

    assert orders["created", 0] == ids
    assert orders["newest", 0] == ids[::-1]
    assert sorted(orders["shuffled", 1]) == sorted(ids)
    assert orders["shuffled", 1] != orders["shuffled", 2]


def test_token_lifetime_switch(clock: emulator.ManualClock) -> None:
    """A page token can grow too old."""
    with emulator.running(clock=clock, page_token_lifetime_s=60) as cloud:
        for _ in range(2):
            cloud.add_project("Store")
        api = Api(cloud, cloud.account)
        with api.session:
            token = api.get("/projects", page_size=1)["nextPageToken"]
            clock.advance(59)
            fresh = api.call("GET", "/projects", page_token=token).status_code
            clock.advance(1)
            old = api.call("GET", "/projects", page_token=token).status_code

    assert (fresh, old) == (200, 400)

"""The rate limit in a clock that a test moves."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

import pytest

from dcsync import emulator
from tests.emulator.conftest import PROJECT, Api

CONNECTORS = f"/projects/{PROJECT}/dataconnectors"


def burst(api: Api, count: int, path: str = CONNECTORS) -> list[int]:
    return [api.call("GET", path).status_code for _ in range(count)]


def test_twenty_five_in_five_seconds(clock: emulator.ManualClock) -> None:
    """The 26th call in 5 s is refused and not counted; a second slides the window by a second."""
    with emulator.running(clock=clock) as cloud:
        cloud.add_project("Head office", PROJECT)
        api = Api(cloud, cloud.account)
        with api.session:
            first = burst(api, 20)
            clock.advance(3)
            second = burst(api, 7)
            refused = api.call("GET", CONNECTORS)
            clock.advance(2)
            third = burst(api, 21)

    assert first + second == [200] * 25 + [429] * 2
    assert (refused.headers["Retry-After"], refused.json()["code"]) == ("2", 429)
    assert third == [200] * 20 + [429]


@pytest.mark.parametrize(
    ("scope", "expected"),
    [("account", (429, 200, 429)), ("project", (429, 429, 200)), ("server", (429, 429, 429))],
)
def test_scope_switch(
    clock: emulator.ManualClock, scope: str, expected: tuple[int, int, int]
) -> None:
    """The limit is per account, per project, or one for all."""
    with emulator.running(clock=clock, rate_limit=1, rate_scope=scope) as cloud:
        cloud.add_project("Head office", PROJECT)
        other = cloud.add_project("Store Oslo")
        api, second = Api(cloud, cloud.account), Api(cloud, cloud.add_service_account())
        with api.session, second.session:
            burst(api, 1)
            same = burst(api, 1)
            other_account = burst(second, 1)
            other_project = burst(api, 1, f"/projects/{other}/dataconnectors")

    assert (*same, *other_account, *other_project) == expected


def test_retry_after_switch(clock: emulator.ManualClock) -> None:
    """Retry-After can be a date, or be missing."""
    with emulator.running(clock=clock, rate_limit=0, retry_after="date") as cloud:
        api = Api(cloud, cloud.account)
        with api.session:
            date = api.call("GET", "/projects").headers["Retry-After"]
            cloud.switch(retry_after="none")
            bare = api.call("GET", "/projects")

    assert parsedate_to_datetime(date).timestamp() == int(clock.now()) + 5
    assert "Retry-After" not in bare.headers


@pytest.mark.parametrize(("counted", "status"), [(True, 429), (False, 200)])
def test_streams_count_or_not(clock: emulator.ManualClock, counted: bool, status: int) -> None:
    """Opening a stream is a call like any other, unless switched."""
    with emulator.running(clock=clock, rate_limit=1, rate_limit_streams=counted) as cloud:
        cloud.add_project("Head office", PROJECT)
        api = Api(cloud, cloud.account)
        with api.session:
            burst(api, 1)
            with api.stream(PROJECT) as stream:
                assert stream.status_code == status


@pytest.mark.parametrize(("counted", "status"), [(True, 429), (False, 200)])
def test_emulator_api_counts_or_not(
    clock: emulator.ManualClock, counted: bool, status: int
) -> None:
    """Calls of the emulator API share the limit, unless switched."""
    with emulator.running(clock=clock, rate_limit=1, rate_limit_emulator_api=counted) as cloud:
        cloud.add_project("Head office", PROJECT)
        api = Api(cloud, cloud.account)
        with api.session:
            burst(api, 1)
            url = f"{cloud.emulator_url}/projects/{PROJECT}/devices"
            assert api.call("GET", url).status_code == status

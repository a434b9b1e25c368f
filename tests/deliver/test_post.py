"""What one attempt of a delivery comes to: the endpoint's status and wish, or why there is none."""

from __future__ import annotations

import pytest

from dcsync.cloud.arrival import arrival_of
from dcsync.cloud.clock import Clock
from dcsync.cloud.http.network import NetworkSettings
from dcsync.deliver import Delivery, HttpPoster, Post, Target
from dcsync.model import Secret
from dcsync.watch.devices import WatchedDevice
from tests.cloud.server import Say, ScriptedServer

DELIVERY = Delivery("oslo/a", "p", WatchedDevice("d"), arrival_of({"eventId": "e"}))
HIDDEN = "127.0.0.1"


def attempt(target: Target) -> Post:
    ticks = iter([100.0, 100.5, 101.0, 102.0, 103.0, 104.0])
    clock = Clock(now_s=lambda: next(ticks), unix_s=lambda: 0.0)
    poster = HttpPoster({DELIVERY.address: target}, NetworkSettings({}), clock, connections=1)
    try:
        return poster(DELIVERY)
    finally:
        poster.close()


@pytest.mark.parametrize(
    ("status", "asked", "wish"),
    [
        (200, None, None),
        (200, "7", None),
        (400, "7", None),
        (500, "7", None),
        (429, "7", 7.0),
        (503, "7", 7.0),
        (503, "Thu, 01 Jan 1970 00:00:09 GMT", 9.0),
        (429, "soon", None),
        (429, None, None),
    ],
)
def test_an_endpoint_is_asked_to_be_left_alone(
    status: int, asked: str | None, wish: float | None
) -> None:
    """By a Retry-After, where it is busy; elsewhere that is no wish for less."""
    with ScriptedServer().running() as server:
        server.say(Say(status, headers={} if asked is None else {"Retry-After": asked}))
        found = attempt(Target(f"{server.url}/dt"))

    assert (found.status, found.problem, found.retry_after_s) == (status, "", wish)
    assert found.is_taken is (status == 200)


@pytest.mark.parametrize(
    ("url", "place"),
    [(f"http://{HIDDEN}:1/dt", HIDDEN), (Secret(f"http://{HIDDEN}:1/dt"), "its host")],
)
def test_what_cannot_be_reached_is_named_unless_it_is_a_secret(
    url: str | Secret, place: str
) -> None:
    """No status, and why."""
    found = attempt(Target(url))

    assert (found.status, found.is_taken, found.retry_after_s) == (0, False, None)
    assert place in found.problem
    assert (HIDDEN in found.problem) is (place == HIDDEN)

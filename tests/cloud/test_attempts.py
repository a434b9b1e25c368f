"""What is sent again, what never is, and how long the client waits before it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from typing import Any

import pytest

from dcsync import cloud, errors
from dcsync.cloud.attempts import backoff_s
from dcsync.cloud.clock import Clock
from dcsync.cloud.pace import Pace
from dcsync.model import ConnectorPatch
from tests.cloud.conftest import FakeTime
from tests.cloud.samples import CONNECTOR, PROJECT, declared, page, resource
from tests.cloud.server import Say, ScriptedServer

Waits = list[tuple[float, str]]

DROP = Say(drop=True)


def _create(client: cloud.Client) -> Any:
    return cloud.Writer(client).create_data_connector(declared())


def _update(client: cloud.Client) -> Any:
    patch = ConnectorPatch(display_name="new")
    return cloud.Writer(client).update_data_connector(PROJECT, CONNECTOR, patch)


def _delete(client: cloud.Client) -> Any:
    return cloud.Writer(client).delete_data_connector(PROJECT, CONNECTOR)


def _sync(client: cloud.Client) -> Any:
    return cloud.Writer(client).sync_data_connector(PROJECT, CONNECTOR)


def _get(client: cloud.Client) -> Any:
    return cloud.Reader(client).get_data_connector(PROJECT, CONNECTOR)


EVERY_CALL = [_create, _update, _delete, _sync, _get]
REPEATABLE = [_update, _delete, _sync, _get]


@pytest.mark.parametrize("call", EVERY_CALL)
def test_every_call_is_repeated_after_429(
    call: Any, client: cloud.Client, server: ScriptedServer, time: FakeTime
) -> None:
    """A call that the rate limit refused was not acted on, so any call is sent again."""
    server.say(Say(429, {}, {"Retry-After": "3"}), Say(body=resource()))

    call(client)

    assert len(server.calls) == 2
    assert time.slept == [3.0]


@pytest.mark.parametrize(
    ("retry_after", "expected"),
    [
        ("7", 7.0),
        ("3600", 60.0),
        ("0", 0.25),
        ("1.5", 1.5),
        ("-4", 5.0),
        ("soon", 5.0),
        (None, 5.0),
        (formatdate(1_700_001_000 + 12, usegmt=True), 12.0),
        (formatdate(1_700_001_000 + 9000, usegmt=True), 60.0),
        (formatdate(1_700_001_000 - 50, usegmt=True), 0.25),
    ],
)
def test_obeys_retry_after(
    retry_after: str | None,
    expected: float,
    client: cloud.Client,
    server: ScriptedServer,
    time: FakeTime,
    waits: Waits,
) -> None:
    """Retry-After counts as seconds or as a date, for 60 s at most; without it 5 s are waited."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    server.say(Say(429, {}, headers), Say(body=page()))

    cloud.Reader(client).list_data_connectors(PROJECT)

    assert time.slept == [expected]
    assert waits == [(expected, "rate limited")]


def test_gives_up_when_nothing_passes_the_rate_limit(
    client: cloud.Client, server: ScriptedServer, time: FakeTime
) -> None:
    """After ten waits in a row that let nothing through, the 429 is the answer."""
    server.otherwise = Say(429, {"error": "slow down"}, {"Retry-After": "60"})

    with pytest.raises(errors.TooManyRequests, match="slow down"):
        _get(client)
    assert time.slept == [60.0] * 10


def test_one_429_holds_every_thread(server: ScriptedServer) -> None:
    """While one thread's Retry-After runs, the calls of all others wait for it too."""
    held, release, passing = threading.Event(), threading.Event(), threading.Lock()
    now_s = [0.0]

    def sleep(seconds: float) -> None:
        held.set()
        assert release.wait(10)
        with passing:
            now_s[0] += seconds

    clock = Clock(now_s=lambda: now_s[0], sleep=sleep)
    # So long a time-out that the jumps of this clock are no reason to give a call up.
    client = cloud.connect(server.environ, clock=clock, timeout_s=1000)
    server.say(Say(429, {}, {"Retry-After": "9"}))
    server.otherwise = Say(body=page())
    reader = cloud.Reader(client)

    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(reader.list_data_connectors, PROJECT)
        assert held.wait(10)
        others = [pool.submit(reader.list_data_connectors, PROJECT) for _ in range(7)]
        asked_meanwhile = len(server.calls)
        release.set()
        results = [each.result(10) for each in (first, *others)]

    assert asked_meanwhile == 1
    assert len(server.calls) == 9
    assert results == [()] * 8


def test_threads_refused_together_are_told_once(time: FakeTime, waits: Waits) -> None:
    """Twenty threads that meet the limit at once are one hold, told once, and not in vain."""
    pace = Pace(time.clock, lambda seconds, reason: waits.append((seconds, reason)))

    assert all(pace.hold(2.0, "rate limited") for _ in range(20))
    assert waits == [(2.0, "rate limited")]


@pytest.mark.parametrize("call", REPEATABLE)
@pytest.mark.parametrize("trouble", [Say(500), Say(502), Say(503), DROP])
def test_harmless_calls_are_repeated_after_trouble(
    call: Any, trouble: Say, client: cloud.Client, server: ScriptedServer, time: FakeTime
) -> None:
    """Reads, updates, deletes and syncs are sent again after a server error or a lost answer."""
    server.say(trouble, trouble, trouble, Say(body=resource()))

    call(client)

    assert len(server.calls) == 4
    assert time.slept == [1.0, 2.0, 4.0]


@pytest.mark.parametrize("call", REPEATABLE)
def test_trouble_without_end_is_an_error(
    call: Any, client: cloud.Client, server: ScriptedServer, waits: Waits
) -> None:
    """After four attempts the server's last answer is the error, and every wait was told."""
    server.otherwise = Say(503, {"error": "down for maintenance"})

    with pytest.raises(errors.ServerError, match="503: down for maintenance"):
        call(client)
    assert len(server.calls) == 4
    assert [seconds for seconds, _ in waits] == [1.0, 2.0, 4.0]


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (Say(500), errors.ServerError),
        (Say(502, raw=b"<html>bad gateway</html>"), errors.ServerError),
        (Say(503, {}, {"Retry-After": "1"}), errors.ServerError),
        (Say(504), errors.ServerError),
        (DROP, errors.ResponseLost),
        (
            Say(raw=b"{", headers={"Content-Length": "99", "Connection": "close"}),
            errors.ResponseLost,
        ),
        (Say(status=204), errors.ResponseLost),
        (Say(status=201, raw=b""), errors.ResponseLost),
        (Say(body={}), errors.ResponseLost),
        (Say(raw=b"done"), errors.ResponseLost),
        (Say(409, {"error": "already exists"}), errors.Conflict),
    ],
)
def test_a_create_is_sent_once(
    trouble: Say,
    error: type[Exception],
    client: cloud.Client,
    server: ScriptedServer,
    time: FakeTime,
) -> None:
    """A create that the server may have acted on is never sent a second time."""
    server.say(trouble)
    server.otherwise = Say(body=resource())

    with pytest.raises(error):
        _create(client)
    assert len(server.calls) == 1
    assert time.slept == []


def test_a_create_waits_out_the_rate_limit_and_is_still_sent_once_more_only(
    client: cloud.Client, server: ScriptedServer
) -> None:
    """A create refused with 429 is sent again; the 500 after that ends it."""
    server.say(Say(429, {}, {"Retry-After": "1"}), Say(500))
    server.otherwise = Say(body=resource())

    with pytest.raises(errors.ServerError):
        _create(client)
    assert len(server.calls) == 2


def test_an_unreachable_server_was_certainly_not_reached(
    server: ScriptedServer, time: FakeTime, free_port: int
) -> None:
    """A refused connection is attempted again, also for a create, and then says so."""
    api_url = f"http://127.0.0.1:{free_port}/v2"
    client = cloud.connect(server.environ, api_url=api_url, clock=time.clock)

    with pytest.raises(errors.ConnectionFailed, match=f"127.0.0.1:{free_port}: Connection refused"):
        _create(client)
    assert time.slept == [0.5, 1.0, 2.0]


def test_an_unreachable_server_is_not_waited_for_by_every_call(
    server: ScriptedServer, time: FakeTime, free_port: int
) -> None:
    """Once a call gave up connecting, the next ones try once, until one gets through again."""
    dead = f"http://127.0.0.1:{free_port}/v2"
    client = cloud.connect(server.environ, api_url=dead, clock=time.clock)
    for _ in range(3):
        with pytest.raises(errors.ConnectionFailed):
            _get(client)
    assert time.slept == [0.5, 1.0, 2.0]

    client._base_url = server.api_url
    server.say(Say(body=resource()))
    _get(client)
    client._base_url = dead
    with pytest.raises(errors.ConnectionFailed):
        _get(client)
    assert time.slept == [0.5, 1.0, 2.0] * 2


def test_waits_longer_after_a_gateway_timeout(
    client: cloud.Client, server: ScriptedServer, time: FakeTime
) -> None:
    """After a 504 at least the ten seconds that the API asks for are waited."""
    server.say(Say(504), Say(body=page()))

    cloud.Reader(client).list_data_connectors(PROJECT)

    assert time.slept == [11.0]


def test_a_503_may_say_how_long(
    client: cloud.Client, server: ScriptedServer, time: FakeTime
) -> None:
    """A Retry-After on a 503 is obeyed up to a minute."""
    server.say(Say(503, {}, {"Retry-After": "30"}), Say(body=page()))

    cloud.Reader(client).list_data_connectors(PROJECT)

    assert time.slept == [30.0]


@pytest.mark.parametrize("status", [400, 403, 404, 409, 418, 501])
def test_other_errors_are_final(
    status: int, client: cloud.Client, server: ScriptedServer, time: FakeTime
) -> None:
    """An answer that would be the same again is not asked for again."""
    server.say(Say(status, {"error": "no"}))

    with pytest.raises(errors.ApiError):
        _get(client)
    assert len(server.calls) == 1
    assert time.slept == []


def test_a_delete_whose_answer_was_lost_is_done_when_nothing_is_left(
    client: cloud.Client, server: ScriptedServer
) -> None:
    """404 to a delete that is repeated after a lost answer says that the first one worked."""
    server.say(DROP, Say(404, {"error": "not found"}))

    _delete(client)

    assert [asked.method for asked in server.calls] == ["DELETE", "DELETE"]


@pytest.mark.parametrize("before", [(), (Say(429, {}, {"Retry-After": "1"}),), (Say(401),)])
def test_a_delete_that_finds_nothing_says_so(
    before: tuple[Say, ...], client: cloud.Client, server: ScriptedServer
) -> None:
    """404 to a delete that no earlier attempt can have done is an error."""
    server.say(*before, Say(404, {"error": "not found"}))

    with pytest.raises(errors.NotFound):
        _delete(client)


@pytest.mark.parametrize(
    "answer", [Say(200, {}), Say(200, resource()), Say(201, {}), Say(202), Say(204)]
)
@pytest.mark.parametrize("call", [_delete, _sync])
def test_any_success_is_a_success(
    answer: Say, call: Any, client: cloud.Client, server: ScriptedServer
) -> None:
    """200, 201, 202 and 204, with a body or without, are successes of a delete and a sync."""
    server.say(answer)

    assert call(client) is None


@pytest.mark.parametrize("answer", [Say(200, {}), Say(201), Say(202), Say(204), Say(raw=b"ok")])
def test_an_update_without_a_usable_answer_is_read_back(
    answer: Say, client: cloud.Client, server: ScriptedServer
) -> None:
    """The connector after an update is read where the answer does not hold it."""
    server.say(answer, Say(body=resource(displayName="new")))

    assert _update(client).display_name == "new"
    assert [asked.method for asked in server.calls] == ["PATCH", "GET"]


@pytest.mark.parametrize(
    "answer",
    [
        Say(201, {"name": f"projects/{PROJECT}/dataconnectors/{CONNECTOR}"}),
        Say(201, headers={"Location": f"/v2/projects/{PROJECT}/dataconnectors/{CONNECTOR}"}),
    ],
)
def test_a_create_that_only_names_what_it_made_is_read_back(
    answer: Say, client: cloud.Client, server: ScriptedServer
) -> None:
    """The connector after a create is read where the answer gives no more than its id."""
    server.say(answer, Say(body=resource()))

    assert _create(client).data_connector_id == CONNECTOR
    assert [asked.method for asked in server.calls] == ["POST", "GET"]


def test_what_was_created_may_take_moments_to_be_readable(
    client: cloud.Client, server: ScriptedServer, time: FakeTime
) -> None:
    """Reading back a new connector is patient with 404; it is never taken for a failed create."""
    only_named = Say(201, {"name": resource()["name"]})
    server.say(only_named, Say(404), Say(404), Say(body=resource()))

    assert _create(client).data_connector_id == CONNECTOR
    assert time.slept == [1.0, 2.0]

    server.say(only_named, *[Say(404, {"error": "not found"})] * 4)
    with pytest.raises(errors.ResponseLost, match="created, but it cannot be read: not found"):
        _create(client)


def test_backs_off_exponentially_with_jitter_up_to_a_limit() -> None:
    """Waits double from one second, are spread by half of themselves, and stay under 20 s."""
    assert [backoff_s(n, 0.0) for n in range(1, 7)] == [1.0, 2.0, 4.0, 8.0, 16.0, 20.0]
    assert [backoff_s(n, 1.0) for n in (1, 2, 9)] == [1.5, 3.0, 20.0]

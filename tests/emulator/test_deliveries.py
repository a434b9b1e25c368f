"""Deliveries to endpoints: what is sent, to whom, and what becomes of it over time."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dcsync import emulator
from tests.emulator.conftest import PROJECT, Api, Endpoint, listening

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S


@pytest.fixture
def cloud(clock: emulator.ManualClock) -> Iterator[emulator.Emulator]:
    """A cloud whose time stands still until a test moves it."""
    with emulator.running(clock=clock, rate_limit=None) as running:
        yield running


@pytest.fixture
def device(cloud: emulator.Emulator, project: str) -> str:
    return cloud.add_device(project, "temperature", {"name": "Fridge", "room": "99"})


@pytest.fixture
def connector(cloud: emulator.Emulator, project: str, endpoint: Endpoint) -> str:
    """An active connector to the endpoint."""
    return cloud.add_connector(project, http(endpoint.url))


def http(url: str, **fields: Any) -> dict[str, Any]:
    config = {"url": url, **fields.pop("config", {})}
    return {"type": "HTTP_PUSH", "httpConfig": config, **fields}


def metrics(api: Api, connector: str) -> dict[str, Any]:
    path = f"/projects/{PROJECT}/dataconnectors/{connector}:metrics"
    found: dict[str, Any] = api.get(path)["metrics"]
    return found


def status_of(cloud: emulator.Emulator) -> str:
    return str(cloud.connectors(PROJECT)[0]["status"])


def test_what_is_sent(cloud: emulator.Emulator, device: str, endpoint: Endpoint) -> None:
    """One event a request: compact JSON in the order of real deliveries, and the own headers."""
    config = {"headers": {"X-Env": "prod", "Authorization": "Bearer t"}}
    cloud.add_connector(PROJECT, http(endpoint.url, labels=["name", "floor"], config=config))

    event = cloud.publish(PROJECT, device, "temperature", {"value": 4.5})

    assert cloud.wait_for_deliveries()
    [(headers, body)] = endpoint.received
    expected = {
        "event": event,
        "labels": {"name": "Fridge"},
        "metadata": {
            "deviceId": device,
            "projectId": PROJECT,
            "deviceType": "temperature",
            "productNumber": "",
        },
    }
    assert body == json.dumps(expected, separators=(",", ":")).encode()
    assert headers["Content-Type"] == "application/json"
    assert (headers["X-Env"], headers["Authorization"]) == ("prod", "Bearer t")
    assert "X-Dt-Signature" not in headers


def test_who_gets_what(cloud: emulator.Emulator, device: str) -> None:
    """Every active connector of the project gets the event types it wants, of all devices."""
    with listening() as everything, listening() as touches, listening() as nothing:
        cloud.add_connector(PROJECT, http(everything.url))
        cloud.add_connector(PROJECT, http(touches.url, events=["touch"]))
        cloud.add_connector(PROJECT, http(nothing.url, status="USER_DISABLED"))
        cloud.add_connector(cloud.add_project("Store Oslo"), http(nothing.url))

        sent = [
            cloud.publish(PROJECT, device, "temperature", {"value": 4}),
            cloud.publish(PROJECT, device, "touch"),
        ]

        assert cloud.wait_for_deliveries()
        assert sorted(everything.event_ids) == sorted(event["eventId"] for event in sent)
        assert touches.event_ids == [sent[1]["eventId"]]
        assert nothing.received == []


@pytest.mark.parametrize(("status", "failures"), [(500, 3), (404, 3), (429, 3), (302, 3), (299, 0)])
def test_retry(
    cloud: emulator.Emulator,
    clock: emulator.ManualClock,
    api: Api,
    device: str,
    connector: str,
    endpoint: Endpoint,
    status: int,
    failures: int,
) -> None:
    """Any answer beyond 2xx is a failure; the event comes again after a growing while."""
    endpoint.statuses = [status] * 3
    cloud.publish(PROJECT, device, "touch")
    arrived = []
    for wait_s in (0.0, 1.0, 2.0, 4.0, 8.0):
        clock.advance(wait_s)
        assert cloud.wait_for_deliveries()
        arrived.append(len(endpoint.received))

    assert arrived == ([1, 2, 3, 4, 4] if failures else [1] * 5)
    assert len(set(endpoint.event_ids)) == 1
    assert metrics(api, connector)["successCount"] == 1
    assert metrics(api, connector)["errorCount"] == failures


def test_order_is_not_kept(
    cloud: emulator.Emulator,
    clock: emulator.ManualClock,
    device: str,
    connector: str,  # noqa: ARG001 - it is there
    endpoint: Endpoint,
) -> None:
    """What failed once comes after what was sent later."""
    endpoint.statuses = [503]
    first = cloud.publish(PROJECT, device, "touch")
    cloud.wait_for_deliveries()
    second = cloud.publish(PROJECT, device, "touch")
    cloud.wait_for_deliveries()
    clock.advance(1)
    cloud.wait_for_deliveries()

    assert endpoint.event_ids == [first["eventId"], second["eventId"], first["eventId"]]


def test_an_endpoint_that_never_answers(
    cloud: emulator.Emulator, api: Api, device: str, project: str
) -> None:
    """No answer within the limit is a failure, and holds no other connector up."""
    cloud.switch(delivery_timeout_s=0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent, listening() as endpoint:
        slow = cloud.add_connector(project, http(f"http://127.0.0.1:{silent.getsockname()[1]}"))
        quick = cloud.add_connector(project, http(endpoint.url))
        cloud.publish(PROJECT, device, "touch")
        assert cloud.wait_for_deliveries()

    assert metrics(api, slow)["errorCount"] == 1
    assert metrics(api, quick)["successCount"] == 1
    assert "TimeoutError" in {attempt.problem for attempt in cloud.delivery_attempts}


def test_refused_connection_is_a_failure(
    cloud: emulator.Emulator, api: Api, device: str, project: str
) -> None:
    """An endpoint that is not there counts as an error."""
    with socket.create_server(("127.0.0.1", 0)) as gone:
        url = f"http://127.0.0.1:{gone.getsockname()[1]}"
    connector = cloud.add_connector(project, http(url))
    cloud.publish(PROJECT, device, "touch")

    assert cloud.wait_for_deliveries()
    assert metrics(api, connector)["errorCount"] == 1


@pytest.mark.parametrize("url", ["https://example.com/dt", "https://10.0.0.1/dt"])
def test_nothing_leaves_the_machine(
    cloud: emulator.Emulator, api: Api, device: str, project: str, url: str
) -> None:
    """A connector to another host is taken, but its deliveries fail without any connection."""
    connector = cloud.add_connector(project, http(url))
    cloud.publish(PROJECT, device, "touch")

    assert cloud.wait_for_deliveries()
    assert metrics(api, connector)["errorCount"] == 1
    assert "not called" in cloud.delivery_attempts[0].problem


def test_retention(
    cloud: emulator.Emulator,
    clock: emulator.ManualClock,
    device: str,
    connector: str,
    endpoint: Endpoint,
) -> None:
    """An event that could not be delivered for 12 hours is dropped."""
    endpoint.statuses = [503] * 1000
    cloud.publish(PROJECT, device, "touch")
    for _ in range(13):
        cloud.wait_for_deliveries()
        clock.advance(HOUR_S)
    cloud.wait_for_deliveries()
    tries = len(endpoint.received)
    clock.advance(HOUR_S)
    cloud.wait_for_deliveries()

    assert len(endpoint.received) == tries
    assert not cloud.store.deliveries.of(connector)
    assert status_of(cloud) == "ACTIVE"


def fail_for(
    cloud: emulator.Emulator, clock: emulator.ManualClock, device: str, seconds: float
) -> None:
    """Publish every sixth of the time, each delivery failing or not as the endpoint says."""
    for _ in range(6):
        cloud.publish(PROJECT, device, "touch")
        cloud.wait_for_deliveries()
        clock.advance(seconds / 6)
    cloud.publish(PROJECT, device, "touch")
    cloud.wait_for_deliveries()


def test_system_disabled(
    cloud: emulator.Emulator,
    clock: emulator.ManualClock,
    api: Api,
    device: str,
    connector: str,
    endpoint: Endpoint,
) -> None:
    """Five days of failures turn a connector off; turned on again, its queue is empty."""
    endpoint.statuses = [503] * 100_000
    fail_for(cloud, clock, device, 5 * DAY_S)
    disabled = status_of(cloud)
    tries = len(endpoint.received)
    cloud.publish(PROJECT, device, "touch")
    clock.advance(DAY_S)
    cloud.wait_for_deliveries()
    silent = len(endpoint.received) == tries

    endpoint.statuses.clear()
    api.call("PATCH", f"/projects/{PROJECT}/dataconnectors/{connector}", {"status": "ACTIVE"})
    event = cloud.publish(PROJECT, device, "touch")
    cloud.wait_for_deliveries()

    assert (disabled, silent, status_of(cloud)) == ("SYSTEM_DISABLED", True, "ACTIVE")
    assert endpoint.event_ids[tries:] == [event["eventId"]]


def test_one_success_starts_the_five_days_anew(
    cloud: emulator.Emulator,
    clock: emulator.ManualClock,
    device: str,
    connector: str,  # noqa: ARG001 - it is there
    endpoint: Endpoint,
) -> None:
    """A single success between failures keeps a connector on."""
    endpoint.statuses = [503] * 100_000
    fail_for(cloud, clock, device, 3 * DAY_S)
    endpoint.statuses.insert(0, 200)
    fail_for(cloud, clock, device, 3 * DAY_S)

    assert status_of(cloud) == "ACTIVE"


def test_time_scale(
    cloud: emulator.Emulator,
    clock: emulator.ManualClock,
    device: str,
    connector: str,  # noqa: ARG001 - it is there
    endpoint: Endpoint,
) -> None:
    """The long times of deliveries can be made short for a demonstration."""
    cloud.switch(time_scale=DAY_S)
    endpoint.statuses = [503] * 100_000
    fail_for(cloud, clock, device, 5.1)

    assert status_of(cloud) == "SYSTEM_DISABLED"


def test_disabling_drops_the_queue(
    cloud: emulator.Emulator,
    clock: emulator.ManualClock,
    api: Api,
    device: str,
    connector: str,
    endpoint: Endpoint,
) -> None:
    """What was undelivered when a connector is turned off never comes."""
    path = f"/projects/{PROJECT}/dataconnectors/{connector}"
    endpoint.statuses = [503]
    cloud.publish(PROJECT, device, "touch")
    cloud.wait_for_deliveries()
    for status in ("USER_DISABLED", "ACTIVE"):
        api.call("PATCH", path, {"status": status})
    clock.advance(HOUR_S)
    cloud.wait_for_deliveries()

    assert len(endpoint.received) == 1


def test_metrics_are_of_three_hours(
    cloud: emulator.Emulator,
    clock: emulator.ManualClock,
    api: Api,
    device: str,
    connector: str,
) -> None:
    """Counts fall as their deliveries leave the window."""
    counts = []
    for _ in range(4):
        cloud.publish(PROJECT, device, "touch")
        cloud.wait_for_deliveries()
        counts.append(metrics(api, connector)["successCount"])
        clock.advance(HOUR_S)
    clock.advance(2 * HOUR_S)

    assert counts == [1, 2, 3, 3]
    assert metrics(api, connector) == {"successCount": 0, "errorCount": 0, "latency99p": "0s"}


def test_latency_is_seconds(
    cloud: emulator.Emulator, api: Api, device: str, connector: str
) -> None:
    """The latency is a text of seconds that ends in s."""
    cloud.publish(PROJECT, device, "touch")
    cloud.wait_for_deliveries()

    latency = metrics(api, connector)["latency99p"]

    assert latency.endswith("s")
    assert 0 <= float(latency[:-1]) < 10


def test_connector_without_events_never_delivers(
    cloud: emulator.Emulator, api: Api, project: str, endpoint: Endpoint
) -> None:
    """A sync of a project whose devices are silent sends nothing."""
    connector = cloud.add_connector(project, http(endpoint.url))

    assert api.post(f"/projects/{PROJECT}/dataconnectors/{connector}:sync") == {}
    assert cloud.wait_for_deliveries()
    assert endpoint.received == []


@pytest.mark.parametrize(
    ("switches", "kinds", "same_ids"),
    [
        ({}, ["temperature"], True),
        ({"sync_event_filter": False}, ["temperature", "touch"], True),
        ({"sync_event_ids": "new"}, ["temperature"], False),
        ({"sync_disabled": "deliver"}, ["temperature"], True),
    ],
    ids=str,
)
def test_sync(
    cloud: emulator.Emulator,
    api: Api,
    device: str,
    endpoint: Endpoint,
    switches: dict[str, Any],
    kinds: list[str],
    same_ids: bool,
) -> None:
    """A sync pushes the newest event of each type of each device, as the switches say."""
    cloud.switch(**switches)
    cloud.publish(PROJECT, device, "temperature", {"value": 1})
    newest = cloud.publish(PROJECT, device, "temperature", {"value": 2})
    cloud.publish(PROJECT, device, "touch")
    status = "USER_DISABLED" if "sync_disabled" in switches else "ACTIVE"
    resource = http(endpoint.url, events=["temperature"], status=status)
    connector = cloud.add_connector(PROJECT, resource)

    api.post(f"/projects/{PROJECT}/dataconnectors/{connector}:sync")

    assert cloud.wait_for_deliveries()
    events = {body["event"]["eventType"]: body["event"] for body in endpoint.bodies}
    assert sorted(events) == kinds
    assert events["temperature"]["data"] == newest["data"]
    assert (events["temperature"]["eventId"] == newest["eventId"]) == same_ids


@pytest.mark.parametrize(
    ("mode", "expected"), [("succeed", (1, 0)), ("fail", (0, 1)), ("none", (0, 0))]
)
def test_cloud_types(
    cloud: emulator.Emulator,
    api: Api,
    device: str,
    mode: str,
    expected: tuple[int, int],
) -> None:
    """Connectors to other clouds are only pretended to: they succeed, fail, or stay silent."""
    cloud.switch(cloud_type_deliveries=mode)
    pubsub = {"type": "GOOGLE_CLOUD_PUBSUB", "pubsubConfig": {"topic": "projects/p/topics/t"}}
    connector = cloud.add_connector(PROJECT, pubsub)
    cloud.publish(PROJECT, device, "touch")

    assert cloud.wait_for_deliveries()
    found = metrics(api, connector)
    assert (found["successCount"], found["errorCount"]) == expected


def test_duplicates_switch(
    cloud: emulator.Emulator,
    device: str,
    connector: str,  # noqa: ARG001 - it is there
    endpoint: Endpoint,
) -> None:
    """At least once can mean twice."""
    cloud.switch(duplicate_deliveries=1.0)
    event = cloud.publish(PROJECT, device, "touch")

    assert cloud.wait_for_deliveries()
    assert endpoint.event_ids == [event["eventId"]] * 2


def test_a_bad_header_is_a_failure(
    cloud: emulator.Emulator, api: Api, device: str, endpoint: Endpoint
) -> None:
    """A header that no request can carry makes deliveries fail, and nothing else."""
    config = {"headers": {"X-Split": "a\r\nb: c"}}
    connector = cloud.add_connector(PROJECT, http(endpoint.url, config=config))
    cloud.publish(PROJECT, device, "touch")

    assert cloud.wait_for_deliveries()
    assert metrics(api, connector)["errorCount"] == 1
    assert endpoint.received == []


def test_many_deliveries(
    cloud: emulator.Emulator,
    api: Api,
    device: str,
    connector: str,
    endpoint: Endpoint,
) -> None:
    """Every event of a burst arrives once."""
    sent = [cloud.publish(PROJECT, device, "touch")["eventId"] for _ in range(200)]

    assert cloud.wait_for_deliveries()
    assert sorted(endpoint.event_ids) == sorted(sent)
    assert metrics(api, connector)["successCount"] == 200


@pytest.mark.parametrize(
    ("switches", "status", "waits", "arrivals"),
    [
        ({}, 429, [1.0, 6.0], [2, 2]),
        ({"heed_retry_after": True}, 429, [6.9, 0.1], [1, 2]),
        ({"backoff_jitter": 1.0}, 500, [0.99, 1.01], [1, 2]),
        ({"backoff_first_s": 5}, 500, [4.9, 0.1], [1, 2]),
        ({"backoff_first_s": 5, "backoff_max_s": 3}, 500, [2.9, 0.1], [1, 2]),
    ],
    ids=str,
)
def test_wait_switches(
    cloud: emulator.Emulator,
    clock: emulator.ManualClock,
    device: str,
    connector: str,  # noqa: ARG001 - it is there
    endpoint: Endpoint,
    switches: dict[str, Any],
    status: int,
    waits: list[float],
    arrivals: list[int],
) -> None:
    """How long a retry waits can be chosen; the endpoint asks for 7 s."""
    cloud.switch(**switches)
    endpoint.statuses = [status]
    cloud.publish(PROJECT, device, "touch")
    cloud.wait_for_deliveries()
    arrived = []
    for wait_s in waits:
        clock.advance(wait_s)
        cloud.wait_for_deliveries()
        arrived.append(len(endpoint.received))

    assert arrived == arrivals


@pytest.mark.parametrize(("follow", "paths"), [(False, ["/dt"]), (True, ["/dt", "/elsewhere"])])
def test_redirect_switch(
    cloud: emulator.Emulator,
    device: str,
    connector: str,  # noqa: ARG001 - it is there
    endpoint: Endpoint,
    follow: bool,
    paths: list[str],
) -> None:
    """A redirect is a failure, or followed once."""
    cloud.switch(follow_redirects=follow)
    endpoint.statuses = [307]
    cloud.publish(PROJECT, device, "touch")
    cloud.wait_for_deliveries()

    assert endpoint.paths == paths
    assert cloud.delivery_attempts[0].status == (200 if follow else 307)


def test_usual_headers(cloud: emulator.Emulator, device: str, endpoint: Endpoint) -> None:
    """A connector's own headers stand before the usual ones, whatever their case."""
    cloud.switch(delivery_user_agent="dt", delivery_content_type="text/plain")
    config = {"headers": {"content-type": "application/x-own"}}
    cloud.add_connector(PROJECT, http(endpoint.url, config=config))
    cloud.publish(PROJECT, device, "touch")
    cloud.wait_for_deliveries()
    [(headers, _)] = endpoint.received

    assert (headers["content-type"], headers["User-Agent"]) == ("application/x-own", "dt")
    assert "Content-Type" not in headers


def test_stop_breaks_deliveries_off(clock: emulator.ManualClock, ended: Callable[[], bool]) -> None:
    """The end does not wait for an endpoint that does not answer."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        with emulator.running(clock=clock) as cloud:
            project = cloud.add_project("Head office", PROJECT)
            cloud.add_connector(project, http(f"http://127.0.0.1:{silent.getsockname()[1]}"))
            cloud.publish(project, cloud.add_device(project, "touch"), "touch")
            pushed, _ = silent.accept()

        with pushed:
            assert ended()


def test_health_can_be_set_without_an_endpoint(
    cloud: emulator.Emulator, project: str, connector: str
) -> None:
    """Deliveries that nobody made are counted; a connector is turned off as the service does."""
    cloud.add_deliveries(connector, ok=2, failed=3, latency_s=1.5)
    cloud.set_status(connector, "SYSTEM_DISABLED")

    [found] = cloud.connectors(project)
    metrics = cloud.deliveries.outcomes.metrics(connector)
    assert found["status"] == "SYSTEM_DISABLED"
    assert metrics == {"successCount": 2, "errorCount": 3, "latency99p": "1.5s"}
    with pytest.raises(ValueError, match="SYSTEM_DISABLED"):
        cloud.set_status(connector, "OFF")
    with pytest.raises(emulator.Refused):
        cloud.set_status("c0000000000000000000", "ACTIVE")

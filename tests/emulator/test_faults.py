"""Trouble on demand: each kind of fault as a client on a socket meets it."""

from __future__ import annotations

import json
import socket
from itertools import islice
from typing import Any

import pytest
import requests

from dcsync import emulator
from tests.emulator.conftest import PROJECT, Api

CONNECTORS = f"/projects/{PROJECT}/dataconnectors"
HTTP = {"type": "HTTP_PUSH", "httpConfig": {"url": "https://example.com"}}


@pytest.fixture(autouse=True)
def _project(project: str) -> None:
    """Every test here has the project."""


def created(cloud: emulator.Emulator) -> int:
    return len(cloud.connectors(PROJECT))


@pytest.mark.parametrize(("acts", "left"), [(False, 0), (True, 1)])
def test_status(cloud: emulator.Emulator, api: Api, acts: bool, left: int) -> None:
    """A call fails once with the status, before or after it was carried out; the next succeeds."""
    cloud.fail("*/dataconnectors", method="POST", status=503, acts=acts)

    statuses = [api.call("GET", CONNECTORS).status_code, api.call("POST", CONNECTORS, HTTP)]
    answer = statuses.pop()

    assert isinstance(answer, requests.Response)
    assert (answer.status_code, answer.json()["code"]) == (503, 503)
    assert (statuses, created(cloud)) == ([200], left)
    assert api.call("POST", CONNECTORS, HTTP).status_code == 200


@pytest.mark.parametrize(("acts", "left"), [(False, 0), (True, 1)])
def test_drop(cloud: emulator.Emulator, api: Api, acts: bool, left: int) -> None:
    """The connection breaks without an answer, before or after the call was carried out."""
    cloud.fail(method="POST", drop=True, acts=acts)

    with pytest.raises(requests.ConnectionError):
        api.call("POST", CONNECTORS, HTTP)

    assert created(cloud) == left
    assert cloud.calls[-1].status == 0


def test_body_and_headers(cloud: emulator.Emulator, api: Api) -> None:
    """A failing proxy's page and a Retry-After can be sent."""
    cloud.fail(status=502, body="<html>Bad gateway</html>", headers={"Retry-After": "7"})

    answer = api.call("GET", CONNECTORS)

    assert (answer.status_code, answer.text) == (502, "<html>Bad gateway</html>")
    assert answer.headers["Content-Type"] == "text/html"
    assert answer.headers["Retry-After"] == "7"


def test_error_of_a_stream(cloud: emulator.Emulator, api: Api) -> None:
    """A stream that fails has the nested error of streams."""
    cloud.fail("*:stream", status=503)

    with api.stream(PROJECT) as answer:
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, 14)


@pytest.mark.parametrize(("status", "has_body"), [(201, True), (204, False)])
def test_another_success(cloud: emulator.Emulator, api: Api, status: int, has_body: bool) -> None:
    """A call that succeeds can say so by another status."""
    cloud.fail(method="POST", status=status, acts=True)

    answer = api.call("POST", CONNECTORS, HTTP)

    assert (answer.status_code, answer.content != b"") == (status, has_body)
    assert not has_body or answer.json() == cloud.connectors(PROJECT)[0]


def test_truncate(cloud: emulator.Emulator, api: Api) -> None:
    """The answer breaks off in its body, though its head promised all of it."""
    cloud.fail(method="POST", truncate_at=10)

    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="10 bytes read"):
        api.call("POST", CONNECTORS, HTTP)

    assert created(cloud) == 1


def test_delay(cloud: emulator.Emulator, api: Api) -> None:
    """A slow answer runs into the client's limit, while other calls are answered."""
    cloud.fail("*/slow", count=None, delay_s=60)
    with pytest.raises(requests.ReadTimeout):
        requests.get(f"{cloud.api_url}/slow", timeout=0.05)

    assert api.call("GET", CONNECTORS).status_code == 200


def test_cut_stream(cloud: emulator.Emulator, api: Api) -> None:
    """A stream breaks after so many events, pings not counted; those before it arrive."""
    device = cloud.add_device(PROJECT, "touch")
    cloud.fail("*:stream", cut_stream_after=2)
    got = []
    with api.stream(PROJECT) as stream:
        sent = [cloud.publish(PROJECT, device, "touch") for _ in range(3)]
        lines = stream.iter_lines(chunk_size=1)
        got = [json.loads(line)["result"]["event"] for line in islice(lines, 2)]
        with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
            next(lines)

    assert got == sent[:2]
    assert cloud.wait_for_streams(0)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({}, [503, 200, 200, 200]),
        ({"count": 2}, [503, 503, 200, 200]),
        ({"count": None}, [503, 503, 503, 503]),
        ({"after": 2}, [200, 200, 503, 200]),
        ({"after": 1, "count": 2}, [200, 503, 503, 200]),
        ({"probability": 0.0}, [200, 200, 200, 200]),
        ({"method": "DELETE"}, [200, 200, 200, 200]),
        ({"path": "*/devices"}, [200, 200, 200, 200]),
        ({"path": "/v2/projects/*/dataconnectors"}, [503, 200, 200, 200]),
    ],
    ids=str,
)
def test_which_calls(
    cloud: emulator.Emulator, api: Api, rule: dict[str, Any], expected: list[int]
) -> None:
    """Rules choose by method, path, place in the row and chance."""
    cloud.fail(**{"status": 503, **rule})

    assert [api.call("GET", CONNECTORS).status_code for _ in range(4)] == expected


def test_probability() -> None:
    """Chance hits some calls and not others, the same ones for the same seed."""

    def statuses() -> list[int]:
        with emulator.running(rate_limit=None, random_seed=7) as cloud:
            cloud.fail(status=503, probability=0.5, count=None)
            url = f"{cloud.api_url}/projects"
            return [requests.get(url, timeout=10).status_code for _ in range(20)]

    first = statuses()

    assert set(first) == {503, 401}
    assert statuses() == first


def test_rules_are_used_in_turn(cloud: emulator.Emulator, api: Api) -> None:
    """The first rule that fits is used up before the next."""
    cloud.fail(status=500)
    cloud.fail(status=503)

    assert [api.call("GET", CONNECTORS).status_code for _ in range(3)] == [500, 503, 200]


def test_heal(cloud: emulator.Emulator, api: Api) -> None:
    """Rules can be taken back, one or all."""
    first = cloud.fail(status=500, count=None)
    cloud.fail(status=503, count=None)
    statuses = [api.call("GET", CONNECTORS).status_code]
    cloud.heal(first)
    statuses.append(api.call("GET", CONNECTORS).status_code)
    cloud.heal()
    statuses.append(api.call("GET", CONNECTORS).status_code)

    assert statuses == [500, 503, 200]


def test_token_endpoint_can_fail(cloud: emulator.Emulator) -> None:
    """The identity host fails like any other."""
    cloud.fail("/oauth2/token", status=500)

    assert requests.post(cloud.token_url, timeout=10).status_code == 500


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ({}, "a fault needs status, drop"),
        ({"status": 99}, "status must be from 200 to 599"),
        ({"sttaus": 500}, "sttaus"),
    ],
    ids=str,
)
def test_bad_rule(cloud: emulator.Emulator, rule: dict[str, Any], problem: str) -> None:
    """A rule that does nothing or is misspelt is told at once."""
    with pytest.raises((TypeError, ValueError), match=problem):
        cloud.fail(**rule)

    assert cloud.faults() == []


def test_latency_holds_nobody_up(cloud: emulator.Emulator) -> None:
    """Slow answers wait side by side: a second connection is taken and answered meanwhile."""
    cloud.fail("*/first", delay_s=60)
    place = ("127.0.0.1", cloud.port)
    with socket.create_connection(place) as first, socket.create_connection(place) as second:
        first.sendall(b"GET /v2/first HTTP/1.1\r\nHost: x\r\n\r\n")
        second.sendall(b"GET /v2/second HTTP/1.1\r\nHost: x\r\n\r\n")
        second.settimeout(10)

        assert second.recv(12) == b"HTTP/1.1 401"


def test_call_log(cloud: emulator.Emulator, api: Api) -> None:
    """Every call is in the log when its answer arrives, with who made it."""
    api.call("GET", CONNECTORS, page_size=5)
    api.call("DELETE", f"{CONNECTORS}/none")
    requests.get(f"{cloud.api_url}/projects", timeout=10)

    log = [(call.method, call.path, call.status, call.key_id) for call in cloud.calls]

    key_id = cloud.account.key_id
    assert log == [
        ("GET", f"/v2{CONNECTORS}", 200, key_id),
        ("DELETE", f"/v2{CONNECTORS}/none", 404, key_id),
        ("GET", "/v2/projects", 401, ""),
    ]
    assert cloud.calls.matching("GET", "*/projects", 401) == [cloud.calls[-1]]
    assert cloud.calls.count("GET") == 2
    assert cloud.calls.count(part="dataconnectors") == 2
    assert cloud.calls.tally() == {"GET 200": 1, "DELETE 404": 1, "GET 401": 1}


class TestOverHttp:
    """The same, from outside while the cloud runs."""

    def control(
        self, cloud: emulator.Emulator, method: str, name: str, body: Any = None, **headers: str
    ) -> requests.Response:
        url = f"{cloud.control_url}/{name}"
        return requests.request(method, url, json=body, headers=headers, timeout=10)

    def test_faults(self, cloud: emulator.Emulator, api: Api) -> None:
        """Rules can be added, listed and removed."""
        rule = {"path": "*/dataconnectors", "status": 503, "count": None}
        fault_id = self.control(cloud, "POST", "faults", rule).json()["fault_id"]
        listed = self.control(cloud, "GET", "faults").json()["faults"]
        failed = api.call("GET", CONNECTORS).status_code
        self.control(cloud, "DELETE", f"faults/{fault_id}")

        assert [(fault["path"], fault["status"]) for fault in listed] == [("*/dataconnectors", 503)]
        assert (failed, api.call("GET", CONNECTORS).status_code) == (503, 200)

    def test_calls(self, cloud: emulator.Emulator, api: Api) -> None:
        """The log can be read and cleared; reading it is not a call."""
        api.call("GET", CONNECTORS)
        calls = self.control(cloud, "GET", "calls").json()["calls"]
        none = self.control(cloud, "GET", "calls?method=GET&status=404&path=*/x").json()
        self.control(cloud, "DELETE", "calls")

        assert [(call["method"], call["status"]) for call in calls] == [("GET", 200)]
        assert none == {"calls": []}
        assert len(cloud.calls) == 0

    def test_switches(self, cloud: emulator.Emulator) -> None:
        """Switches can be read and changed; a wrong one changes nothing."""
        after = self.control(cloud, "PATCH", "switches", {"quota": 3}).json()
        wrong = self.control(cloud, "PATCH", "switches", {"quota": "many"})

        assert (after["quota"], wrong.status_code) == (3, 400)
        assert self.control(cloud, "GET", "switches").json()["quota"] == 3

    @pytest.mark.parametrize(
        ("method", "name", "body", "status"),
        [
            ("GET", "nothing", None, 404),
            ("POST", "handle", {}, 404),
            ("POST", "faults", {"nonsense": 1}, 400),
            ("POST", "publish", {"project_id": "x"}, 400),
            ("POST", "connectors", {"project_id": PROJECT}, 200),
            ("POST", "add_connector", {"project_id": "x", "resource": {}}, 404),
        ],
    )
    def test_operations(
        self, cloud: emulator.Emulator, method: str, name: str, body: Any, status: int
    ) -> None:
        """Scripting calls answer what is wrong with them."""
        assert self.control(cloud, method, name, body).status_code == status

    @pytest.mark.parametrize("header", ["Host", "Origin"])
    def test_web_pages_are_kept_out(self, cloud: emulator.Emulator, header: str) -> None:
        """A page in a browser on this machine cannot script the cloud."""
        answer = self.control(cloud, "GET", "switches", **{header: "http://attacker.example.com"})

        assert answer.status_code == 403

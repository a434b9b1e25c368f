"""A session of the user's own: all of it counts, none is changed, and every promise holds."""

from __future__ import annotations

import copy
import gzip
import io
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3.util import Retry

from dcsync import cloud, errors
from dcsync.cloud.auth import BasicAuth, ServiceAccountAuth
from dcsync.cloud.http import bodies
from dcsync.cloud.request import Request
from tests.cloud.conftest import FakeTime
from tests.cloud.samples import CONNECTOR, PROJECT, page, resource
from tests.cloud.server import Asked, Say, ScriptedServer
from tests.cloud.test_event_stream import event, line
from tests.cloud.test_no_response_holds import Endless

AUTH = BasicAuth("key", "word-of-the-account")
BASIC = "Basic a2V5OndvcmQtb2YtdGhlLWFjY291bnQ="


@pytest.fixture
def session() -> Iterator[requests.Session]:
    """A session as users make it."""
    with requests.Session() as session:
        yield session


@pytest.fixture
def made(
    server: ScriptedServer, session: requests.Session, time: FakeTime
) -> Callable[..., cloud.Client]:
    """Makes clients of the scripted server that go through the session."""

    def make(**settings: Any) -> cloud.Client:
        settings = {"auth": AUTH, "base_url": server.api_url, "session": session, **settings}
        emulator_url = settings["base_url"]
        return cloud.Client(clock=time.clock, emulator_base_url=emulator_url, **settings)

    return make


Made = Callable[..., cloud.Client]


def _list(client: cloud.Client) -> object:
    return cloud.Reader(client).list_data_connectors(PROJECT)


def _delete(client: cloud.Client) -> None:
    cloud.Writer(client).delete_data_connector(PROJECT, CONNECTOR)


def test_everything_of_the_session_counts(
    made: Made, server: ScriptedServer, session: requests.Session
) -> None:
    """Headers, query, cookies, hooks, auth and proxies: dcsync only adds what is its own."""
    server.otherwise = Say(body=page())
    seen = []

    def sign(prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        prepared.headers["X-Signed"] = "yes"
        prepared.headers["Authorization"] = "Other"
        return prepared

    session.headers.update({"X-Team": "facilities", "Authorization": "Another"})
    session.params = {"trace": "1"}
    session.cookies.set("gate", "open")
    session.hooks["response"].append(lambda response, **_: seen.append(response.status_code))
    session.auth = sign
    session.proxies = {"http": server.url}

    _list(made(base_url="http://api.example.com/v2"))

    [asked] = server.calls
    assert asked.headers["Host"] == "api.example.com"
    assert asked.headers["X-Team"] == "facilities"
    assert asked.headers["X-Signed"] == "yes"
    assert asked.headers["Cookie"] == "gate=open"
    assert asked.headers["Authorization"] == BASIC
    assert asked.headers["User-Agent"].startswith("dcsync/")
    assert ("trace", "1") in asked.query
    assert seen == [200]


@pytest.mark.parametrize("auth", [None, ("user", "word"), requests.auth.HTTPBasicAuth("u", "w")])
def test_only_dcsyncs_credentials_are_sent(
    auth: Any,
    made: Made,
    server: ScriptedServer,
    session: requests.Session,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Neither netrc nor the session replaces them, and the token request has none of theirs."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    session.auth = auth
    server.otherwise = Say(body=page())

    _list(made(auth=ServiceAccountAuth("k", "s" * 32, "a@example.com", server.token_url)))

    assert [asked.headers.get("Authorization") for asked in server.asked] == [
        None,
        "Bearer token-1",
    ]


def test_the_session_is_neither_changed_nor_closed(
    made: Made, server: ScriptedServer, session: requests.Session
) -> None:
    """After the client is closed the session has its settings and its kept connection."""

    def state() -> dict[str, Any]:
        return {name: copy.copy(getattr(session, name)) for name in session.__attrs__}

    server.otherwise = Say(body=page())
    before = state()
    before.pop("cookies")
    with made() as client:
        _list(client)
        _delete(client)
    session.get(server.url)

    assert {name: state()[name] for name in before} == before
    assert server.connections == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(status: int, made: Made, server: ScriptedServer) -> None:
    """Not even read: a call is a call."""
    server.otherwise = Say(status, headers={"Location": "/elsewhere"})

    with pytest.raises(errors.ApiError, match="not followed"):
        _list(made())
    assert len(server.calls) == 1


def test_a_redirects_body_has_a_limit(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """requests by itself would read it to its end."""
    monkeypatch.setattr(bodies, "LARGEST_BODY", 100_000)
    head = b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\n\r\n"
    with (
        Endless(head, b" " * 65536) as endless,
        pytest.raises(errors.InvalidResponse, match="larger than 100000 bytes"),
    ):
        _list(made(base_url=endless.url))


def test_a_hook_may_raise_for_a_status(
    made: Made, server: ScriptedServer, session: requests.Session
) -> None:
    """What the server said still counts: a 404 is NotFound, a 429 is waited for."""
    session.hooks["response"] = [lambda response, **_: response.raise_for_status()]
    server.say(Say(429, headers={"Retry-After": "1"}), Say(404, {"error": "not there"}))

    with pytest.raises(errors.NotFound, match="not there"):
        _list(made())
    assert len(server.calls) == 2


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_hook_may_read_the_body(
    pack: Callable[[bytes], bytes], made: Made, server: ScriptedServer, session: requests.Session
) -> None:
    """Who logs bodies takes nothing away."""
    logged = []
    session.hooks["response"] = [lambda response, **_: logged.append(response.json())]
    body = pack(json.dumps(page(resource())).encode())
    encoding = {"Content-Encoding": "gzip"} if pack is not bytes else {}
    server.otherwise = Say(raw=body, headers=encoding)

    assert len(cloud.Reader(made()).list_data_connectors(PROJECT)) == 1
    assert logged == [page(resource())]


REPEATING = [
    Retry(3),
    Retry(total=None),
    Retry(total=3, allowed_methods=["GET"]),  # an SSLError counts as `other`, whatever the method
    Retry(total=3, allowed_methods=["POST"], other=0),
    Retry(total=3, allowed_methods=None, read=0, other=0, status_forcelist=[500]),
    Retry(total=None, connect=2, read=0, allowed_methods=["GET"]),
]
HARMLESS = [
    0,
    Retry(0),
    Retry(total=False),
    Retry(total=None, connect=3, read=False, status=False, other=False, allowed_methods=["GET"]),
    Retry(total=3, allowed_methods=["GET"], other=0),
    Retry(total=None, connect=2, read=0, other=0, allowed_methods=["PATCH"]),
]


@pytest.mark.parametrize("retries", REPEATING)
def test_a_session_that_repeats_writes_is_refused(
    retries: Retry, made: Made, server: ScriptedServer, session: requests.Session
) -> None:
    """From the start, and where the adapter is mounted later; reads go through all the same."""
    client = made()
    session.mount("http://", HTTPAdapter(max_retries=retries))
    server.otherwise = Say(body=page())

    with pytest.raises(errors.ConfigurationError, match="retries writes"):
        made()
    with pytest.raises(errors.ConfigurationError, match="retries writes"):
        _delete(client)
    assert server.asked == []
    assert _list(client) == ()


@pytest.mark.parametrize("retries", HARMLESS)
def test_a_session_that_repeats_no_write_is_taken(
    retries: Any, made: Made, server: ScriptedServer, session: requests.Session
) -> None:
    """A refused connection was never used, and a read does no harm: both may be repeated."""
    session.mount("http://", HTTPAdapter(max_retries=retries))
    server.otherwise = Say(204)

    _delete(made())

    assert len(server.calls) == 1


def test_what_may_have_arrived_is_not_created_twice(made: Made, server: ScriptedServer) -> None:
    """A lost answer to a create stays lost."""
    server.otherwise = Say(drop=True)

    with pytest.raises(errors.ResponseLost):
        made().call(Request("POST", "/projects/x/dataconnectors", body={}))
    assert len(server.calls) == 1


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (requests.ConnectTimeout(), errors.ConnectionFailed),
        (requests.exceptions.InvalidURL("x"), errors.ConnectionFailed),
        (requests.ReadTimeout(), errors.ResponseLost),
        (requests.ConnectionError("SECRET"), errors.ResponseLost),
        (requests.exceptions.RetryError(), errors.ResponseLost),
        (requests.HTTPError("SECRET"), errors.ResponseLost),
        (ValueError("SECRET"), errors.ResponseLost),
    ],
)
def test_what_an_adapter_raises_is_one_of_dcsyncs_errors(
    raised: Exception, expected: type[Exception], made: Made, session: requests.Session
) -> None:
    """With nothing of the request in it or chained to it: requests' errors hold its headers."""

    class Broken(BaseAdapter):
        def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
            if isinstance(raised, requests.RequestException):
                raised.request = request
            raise raised

        def close(self) -> None:
            """Nothing to close."""

    session.mount("http://", Broken())

    with pytest.raises(expected) as caught:
        _list(made(request_attempts=1))
    assert "SECRET" not in str(caught.value)
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


def test_without_an_adapter_nothing_is_sent(made: Made, session: requests.Session) -> None:
    """A session that was stripped of them says so."""
    session.adapters.clear()

    with pytest.raises(errors.ConnectionFailed, match="the session has no adapter"):
        _list(made(request_attempts=1))


def test_only_a_session_is_taken(made: Made) -> None:
    """The module `requests` itself has a `request`, too, but keeps nothing."""
    with pytest.raises(errors.ConfigurationError, match=r"must be a requests\.Session"):
        made(session=requests)


class Canned(BaseAdapter):
    """Answers like the adapters of mocking libraries: with a response that nothing sent."""

    def __init__(self, body: bytes) -> None:
        super().__init__()
        self._body = body

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        response = requests.Response()
        response.status_code = 200
        response.raw = io.BytesIO(self._body)
        response.request = request
        response.url = request.url or ""
        return response

    def close(self) -> None:
        """Nothing to close."""


def test_an_adapter_may_answer_by_itself(made: Made, session: requests.Session) -> None:
    """Any adapter will do, for calls and for streams."""
    session.mount("http://", Canned(json.dumps(page(resource())).encode()))
    assert len(cloud.Reader(made()).list_data_connectors(PROJECT)) == 1

    session.mount("http://", Canned(line(event(1)) + line(event(2))))
    with cloud.Reader(made()).open_stream(PROJECT) as stream:
        assert list(stream) == [event(1), event(2)]


def test_responses_mocks_both_kinds_of_client(made: Made, time: FakeTime) -> None:
    """The mocking library that people know needs no session to be handed over."""
    responses: Any = pytest.importorskip("responses")
    url = f"http://localhost:1/v2/projects/{PROJECT}/dataconnectors"
    own = cloud.Client(AUTH, base_url="http://localhost:1/v2", clock=time.clock)
    for client in (made(base_url="http://localhost:1/v2"), own):
        with responses.RequestsMock() as mock:
            mock.get(url, json=page(resource()))
            mock.get(url, status=404)

            assert len(cloud.Reader(client).list_data_connectors(PROJECT)) == 1
            with pytest.raises(errors.NotFound):
                _list(client)
            assert mock.calls[0].request.headers["Authorization"] == BASIC


@pytest.mark.slow
@pytest.mark.parametrize("is_users", [True, False])
def test_threads_share_a_session(
    is_users: bool, made: Made, server: ScriptedServer, time: FakeTime
) -> None:
    """32 threads at once get each its own answer, over connections that are kept."""

    def echo(asked: Asked) -> Say:
        number = int(asked.path.rpartition("/")[2])
        return Say(body=resource(number), headers={"Set-Cookie": f"c{number}=1"})

    server.otherwise = echo
    own = cloud.Client(AUTH, base_url=server.api_url, connections=32, clock=time.clock)
    client = made() if is_users else own
    together = threading.Barrier(32)

    def call(number: int) -> None:
        if number < 32:
            together.wait(20)
        path = f"/projects/{PROJECT}/dataconnectors/{number}"
        found = client.get_object(Request("GET", path))
        assert found == resource(number)

    with ThreadPoolExecutor(32) as pool:
        list(pool.map(call, range(320)))

    assert len(server.calls) == 320
    assert is_users or server.connections <= 32
    assert is_users or not any("Cookie" in asked.headers for asked in server.calls)


@pytest.mark.slow
@pytest.mark.parametrize("is_users", [True, False])
def test_a_hundred_streams_at_once(
    is_users: bool, made: Made, server: ScriptedServer, time: FakeTime
) -> None:
    """Streams wait neither for each other nor for calls."""
    ended = threading.Event()

    def pieces() -> Iterator[bytes]:
        yield line(event(1))
        ended.wait(30)

    server.otherwise = lambda asked: (
        Say(body=pieces()) if asked.path.endswith(":stream") else Say(body=page())
    )
    own = cloud.Client(AUTH, base_url=server.api_url, clock=time.clock)
    client = made() if is_users else own
    streams = [cloud.Reader(client).open_stream(PROJECT) for _ in range(100)]

    assert [next(stream) for stream in streams] == [event(1)] * 100
    assert _list(client) == ()
    for stream in streams:
        stream.close()
    ended.set()

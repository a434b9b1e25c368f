"""What both libraries raise, and how often they ask: the intent of the SDK's tests of errors and
requests, against a loopback server and a clock that nobody waits for."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import disruptive.errors
import pytest
import requests

from tests.cloud.samples import PROJECT
from tests.cloud.server import Asked, Say, ScriptedServer
from tests.library.either import differs

from .test_comparison import DEVICE

pytestmark = [
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]

DICT = {"error": "not now", "code": 400, "help": "https://example.com/help"}
RAISED = [
    name
    for name, kind in vars(disruptive.errors).items()
    if isinstance(kind, type) and issubclass(kind, disruptive.errors.DTApiError)
    if not name.startswith("Claim")
]


@pytest.mark.parametrize(
    ("status", "error", "calls"),
    [
        (400, "BadRequest", 1),
        (403, "Forbidden", 1),
        (404, "NotFound", 1),
        (409, "Conflict", 1),
        (405, "UnknownError", 1),
        (418, "UnknownError", 1),
        (422, "UnknownError", 1),
        (500, "InternalServerError", 4),
        (503, "InternalServerError", 4),
        (504, "InternalServerError", 4),
    ],
)
def test_statuses(status: int, error: str, calls: int, dt: Any, server: ScriptedServer) -> None:
    """Each status is its error, raised after as many calls as with the SDK, the dict in args."""
    server.otherwise = Say(status, DICT)

    with pytest.raises(getattr(dt.errors, error)) as raised:
        dt.Device.get_device("d", PROJECT)

    assert len(server.calls) == calls
    assert raised.value.args[0] == DICT
    assert isinstance(raised.value, dt.errors.DTApiError)
    shown = differs(dt, "str of errors", sdk=True, ours=False)
    assert ("https://example.com/help" in str(raised.value)) == shown


def test_unauthorized(dt: Any, server: ScriptedServer) -> None:
    """A refused token is Unauthorized, after one more call with a new one."""
    server.otherwise = Say(401, DICT)

    with pytest.raises(dt.errors.Unauthorized) as raised:
        dt.Device.get_device("d", PROJECT)

    assert isinstance(raised.value, dt.errors.UsageError)
    assert len(server.calls) == differs(dt, "401", sdk=3, ours=2)


def test_rate_limit(dt: Any, server: ScriptedServer) -> None:
    """A 429 with Retry-After is waited out; without it the SDK gives up at once."""
    refused = Say(429, DICT, headers={"Retry-After": "2"})
    server.say(refused, Say(body=DEVICE), Say(429, DICT), Say(body=DEVICE))

    assert dt.Device.get_device("d").raw == DEVICE
    if differs(dt, "429", sdk=True, ours=False):
        with pytest.raises(dt.errors.TooManyRequests):
            dt.Device.get_device("d")
    else:
        assert dt.Device.get_device("d").raw == DEVICE


@pytest.mark.parametrize(("status", "base"), [(501, "ServerError"), (502, "ServerError")])
def test_undocumented_statuses(status: int, base: str, dt: Any, server: ScriptedServer) -> None:
    """They are UnknownError in both; here they are what is wrong with the server as well."""
    server.otherwise = Say(status, DICT)

    with pytest.raises(dt.errors.UnknownError) as raised:
        dt.Device.get_device("d", PROJECT)

    is_base = isinstance(raised.value, getattr(dt.errors, base))
    assert is_base == differs(dt, "undocumented", sdk=False, ours=True)


@pytest.mark.parametrize("failures", [1, 2, 3])
def test_a_call_that_works_after_all(failures: int, dt: Any, server: ScriptedServer) -> None:
    """A read is asked again until it works, and not once more."""
    server.say(*[Say(500, DICT)] * failures, Say(body=DEVICE))

    assert dt.Device.get_device("d").raw == DEVICE
    assert len(server.calls) == failures + 1


@pytest.mark.parametrize("attempts", [1, 2, 9])
def test_request_attempts(attempts: int, dt: Any, server: ScriptedServer) -> None:
    """The keyword is how often a call is sent; the SDK sends it once more."""
    server.otherwise = Say(500, DICT)

    with pytest.raises(dt.errors.InternalServerError):
        dt.Device.get_device(device_id="d", request_attempts=attempts)

    assert len(server.calls) == differs(dt, "attempts", sdk=attempts + 1, ours=attempts)


def test_creates_after_a_server_error(dt: Any, server: ScriptedServer) -> None:
    """A create is sent once: it may have worked. The SDK makes several."""
    server.otherwise = Say(500, DICT)
    config = dt.DataConnector.HttpPushConfig("https://example.com")

    with pytest.raises(dt.errors.ServerError):
        dt.DataConnector.create_data_connector(PROJECT, config)

    assert len(server.calls) == differs(dt, "creates", sdk=4, ours=1)


@pytest.mark.parametrize(
    "keywords",
    [{"request_attempts": -1}, {"request_attempts": 0}, {"request_timeout": -1}],
)
def test_settings_that_cannot_work(keywords: dict[str, Any], dt: Any) -> None:
    """They are a ConfigurationError, a UsageError, before anything is sent."""
    for kind in (dt.errors.ConfigurationError, dt.errors.UsageError):
        with pytest.raises(kind):
            dt.Device.get_device("d", **keywords)


def test_settings_of_the_module(dt: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is assigned to the module counts for the next call."""
    monkeypatch.setattr(dt, "request_attempts", -1)

    with pytest.raises(dt.errors.UsageError):
        dt.Device.get_device("d")


def test_no_connection(dt: Any, free_port: int) -> None:
    """Where nobody listens it is a ConnectionError, and no ReadTimeout."""
    with pytest.raises(dt.errors.ConnectionError) as raised:
        dt.Device.get_device("d", base_url=f"http://127.0.0.1:{free_port}")

    assert not isinstance(raised.value, dt.errors.ReadTimeout)


def test_a_slow_response(dt: Any, server: ScriptedServer) -> None:
    """What does not come within request_timeout is a ReadTimeout, a ConnectionError."""
    done = threading.Event()
    dt.default_auth.get_token()

    def late(_: Asked) -> Say:
        done.wait(30)
        return Say()

    server.otherwise = late
    with pytest.raises(dt.errors.ReadTimeout) as raised:
        dt.Device.get_device("d", request_timeout=0.1, request_attempts=1)
    done.set()
    assert isinstance(raised.value, dt.errors.ConnectionError)


def test_an_error_page(dt: Any, server: ScriptedServer) -> None:
    """A proxy's HTML is the error of its status; the SDK's is that of its JSON decoder."""
    server.otherwise = Say(404, raw=b"<html>Not Found</html>")
    kind = differs(dt, "html", sdk=requests.exceptions.JSONDecodeError, ours=dt.errors.NotFound)

    with pytest.raises(kind):
        dt.Device.get_device("d")


def test_no_credentials(dt: Any, server: ScriptedServer) -> None:
    """Nobody's calls and tokens are Unauthorized, a UsageError, and nothing is sent."""
    nobody = dt.Auth.unauthenticated()
    calls = (
        lambda: dt.Device.get_device("d", auth=nobody),
        lambda: next(dt.Stream.event_stream(PROJECT, auth=nobody)),
        nobody.get_token,
        nobody.refresh,
    )
    for call in calls:
        for kind in (dt.errors.Unauthorized, dt.errors.UsageError):
            with pytest.raises(kind):
                call()
    assert server.asked == []


def test_refused_credentials(dt: Any, server: ScriptedServer) -> None:
    """A 400 of the token endpoint is Unauthorized, and args hold a message."""
    server.token = Say(400, {"error": "invalid_grant"})

    with pytest.raises(dt.errors.Unauthorized) as raised:
        dt.Device.get_device("d")
    assert isinstance(raised.value.args[0], str)


@pytest.mark.slow
def test_a_missing_credentials_file(dt: Any, tmp_path: Path) -> None:
    """It is a FileNotFoundError: here when credentials are needed, there at the import."""
    use = (
        f"import {dt.__name__} as dt\nprint('imported')\n"
        "try: dt.default_auth\nexcept FileNotFoundError: print('not found'); raise"
    )
    done = subprocess.run(
        [sys.executable, "-c", use],
        env={"DT_CREDENTIALS_FILE": str(tmp_path / "gone.json"), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stdout == differs(dt, "import", sdk="", ours="imported\nnot found\n")
    assert "gone.json" in done.stderr


@pytest.mark.parametrize("kind", RAISED)
def test_errors_can_be_made(kind: str, dt: Any) -> None:
    """A script's mocks make them from a message, or from the API's dict."""
    error = getattr(dt.errors, kind)

    assert error("gone").args == ("gone",)
    assert error(DICT).args == (DICT,)
    assert str(error("gone")) == "gone"


@pytest.mark.parametrize(
    "nonsense", ["XXXX-01-01T00:00:00Z", "1970-01-01T00:00:00", "1970-01-01T00:00:00+02:00Z"]
)
def test_times_that_are_none(nonsense: str, dt: Any) -> None:
    """They are a FormatError, a UsageError, in histories and in events."""
    for kind in (dt.errors.FormatError, dt.errors.UsageError):
        with pytest.raises(kind):
            dt.EventHistory.list_events("d", PROJECT, start_time=nonsense)
        with pytest.raises(kind):
            dt.events.Touch(timestamp=nonsense)


def test_times_of_other_types(dt: Any) -> None:
    """They are a TypeError."""
    for nonsense in (7, {"timestamp": "1970-01-01T00:00:00Z"}):
        with pytest.raises(TypeError):
            dt.EventHistory.list_events("d", PROJECT, end_time=nonsense)
        with pytest.raises(TypeError):
            dt.events.Touch(timestamp=nonsense)

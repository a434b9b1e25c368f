"""The errors as programs see them: what catches them, what they carry, what they show."""

from __future__ import annotations

import copy
import logging
import pickle
import threading
import traceback
from pathlib import Path
from typing import Any

import pytest

import dcsync as dt
from dcsync import errors
from tests.cloud.samples import CONNECTOR, PROJECT, SECRET
from tests.cloud.server import Asked, Say, ScriptedServer

pytestmark = pytest.mark.usefixtures("pointed")

ECHO = {"error": f"signatureSecret {SECRET} is too short", "code": 400, "help": "https://x"}
NAMES = (
    *("UsageError", "BadRequest", "Unauthorized", "Forbidden", "NotFound", "Conflict"),
    *("TooManyRequests", "ServerError", "InternalServerError", "UnknownError"),
)
"""What the SDK calls the errors of statuses."""


def _get() -> object:
    return dt.DataConnector.get_data_connector(CONNECTOR, PROJECT, request_attempts=1)


@pytest.fixture
def caught(server: ScriptedServer) -> errors.BadRequest:
    """What the library raises for a server that echoes a secret."""
    server.say(Say(400, ECHO))
    config = dt.DataConnector.HttpPushConfig("https://example.com", SECRET)
    with pytest.raises(errors.BadRequest) as raised:
        dt.DataConnector.update_data_connector(CONNECTOR, PROJECT, config)
    return raised.value


def test_args_hold_the_responses_json(caught: errors.BadRequest) -> None:
    """`error.args[0]` is the dict that the API responded with, unmodified."""
    assert caught.args == (ECHO,)


def test_str_repr_and_traceback_do_not_show_it(
    caught: errors.BadRequest, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the API says reaches programs through `args` only; nothing prints it by itself."""
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("x").error("%s %r", caught, caught, exc_info=caught)
        dt.log_level = dt.logging.DEBUG
        dt.logging.error(caught)
        dt.log_level = None
    shown = [
        str(caught),
        repr(caught),
        f"{caught!r} {[caught]}",
        "".join(traceback.format_exception(caught)),
        "".join(traceback.TracebackException.from_exception(caught, capture_locals=False).format()),
        caplog.text,
        capsys.readouterr().out,
    ]

    assert not [text for text in shown if SECRET in text or "https://x" in text]
    assert str(caught).startswith(f"PATCH /projects/{PROJECT}/dataconnectors/{CONNECTOR}: 400: ")


@pytest.mark.parametrize("body", [None, [1], "text", 7])
def test_without_a_json_object_args_hold_the_message(body: Any, server: ScriptedServer) -> None:
    """A response that is no JSON object leaves dcsync's own message in `args`."""
    server.say(Say(404, body))
    with pytest.raises(errors.NotFound) as raised:
        _get()

    assert raised.value.args == (raised.value.message,)


def test_a_copy_is_the_same(caught: errors.BadRequest) -> None:
    """Copied, or sent to another process, an error keeps what it carries."""
    for other in (copy.copy(caught), pickle.loads(pickle.dumps(caught))):  # noqa: S301 - our own
        assert (str(other), other.args, other.status) == (str(caught), caught.args, caught.status)


@pytest.mark.parametrize("kind", sorted(errors.ApiError.__subclasses__(), key=str))
def test_scripts_may_make_them(kind: type[errors.ApiError]) -> None:
    """A test's mock raises them as with the SDK: with a message, or with the API's dict."""
    assert str(kind("gone")) == "gone"
    assert kind({"error": "gone", "code": 404}).args == ({"error": "gone", "code": 404},)


@pytest.mark.parametrize(
    ("status", "caught_by"),
    [
        (400, {"UsageError", "BadRequest"}),
        (401, {"UsageError", "Unauthorized"}),
        (403, {"UsageError", "Forbidden"}),
        (404, {"UsageError", "NotFound"}),
        (405, {"UnknownError"}),
        (409, {"UsageError", "Conflict"}),
        (418, {"UnknownError"}),
        (422, {"UnknownError"}),
        (500, {"ServerError", "InternalServerError"}),
        (501, {"ServerError", "UnknownError"}),
        (502, {"ServerError", "UnknownError"}),
        (503, {"ServerError", "InternalServerError"}),
        (504, {"ServerError", "InternalServerError"}),
    ],
)
def test_each_status_is_caught_by_its_names(
    status: int, caught_by: set[str], server: ScriptedServer
) -> None:
    """Of the SDK's names, exactly these catch a status, beside the root of all."""
    server.otherwise = Say(status, {"error": "x"})
    with pytest.raises(errors.DTApiError) as raised:
        _get()
    assert {name for name in NAMES if isinstance(raised.value, getattr(errors, name))} == caught_by


@pytest.mark.parametrize(
    "unset",
    [
        ("DT_SERVICE_ACCOUNT_KEY_ID", "DT_SERVICE_ACCOUNT_SECRET", "DT_SERVICE_ACCOUNT_EMAIL"),
        ("DT_SERVICE_ACCOUNT_KEY_ID",),
        ("DT_SERVICE_ACCOUNT_SECRET",),
    ],
)
def test_no_credentials_are_unauthorized(
    unset: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, server: ScriptedServer
) -> None:
    """`except Unauthorized` catches a run without credentials, and streams do not wait for any."""
    for name in unset:
        monkeypatch.delenv(name)

    for call in (_get, lambda: next(dt.Stream.event_stream(PROJECT))):
        with pytest.raises(errors.Unauthorized, match="DT_SERVICE_ACCOUNT_KEY_ID"):
            call()
    assert server.asked == []


def test_a_missing_credentials_file_is_a_file_not_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is caught as what it is everywhere else, and as missing credentials; the path is named."""
    monkeypatch.setenv("DT_CREDENTIALS_FILE", str(tmp_path / "gone.json"))

    for kind in (FileNotFoundError, errors.Unauthorized, errors.CredentialsError):
        with pytest.raises(kind, match=r"gone\.json: No such file"):
            _get()


def test_an_unreadable_credentials_file_is_no_missing_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder in the place of the file is another error."""
    monkeypatch.setenv("DT_CREDENTIALS_FILE", str(tmp_path))

    with pytest.raises(errors.CredentialsError) as raised:
        _get()
    assert not isinstance(raised.value, OSError)


def test_a_slow_response_is_a_read_timeout(server: ScriptedServer, free_port: int) -> None:
    """ReadTimeout for what was sent and not answered in time; no connection is another error."""
    done = threading.Event()

    def late(_: Asked) -> Say:
        done.wait(30)
        return Say()

    server.otherwise = late
    with pytest.raises(errors.ReadTimeout, match="timed out"):
        dt.Project.get_project(PROJECT, request_attempts=1, request_timeout=0.2)
    done.set()
    with pytest.raises(errors.ConnectionError) as raised:
        dt.Project.get_project(
            PROJECT, request_attempts=1, base_url=f"http://127.0.0.1:{free_port}"
        )
    assert not isinstance(raised.value, errors.ReadTimeout)


def test_errors_are_logged(server: ScriptedServer, capsys: pytest.CaptureFixture[str]) -> None:
    """`dt.log_level = dt.logging.ERROR` prints what is raised, in the error's own words."""
    server.say(Say(404, {"error": "not found"}))
    dt.log_level = dt.logging.ERROR
    with pytest.raises(errors.NotFound) as raised:
        _get()
    dt.log_level = None

    assert f"ERROR    - {raised.value}" in capsys.readouterr().out

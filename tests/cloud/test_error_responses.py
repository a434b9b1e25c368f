"""What an error says: the call, the status, the server's reason, what to do, and no secret."""

from __future__ import annotations

import copy
import pickle
import traceback
from typing import Any

import pytest

from dcsync import cloud, errors
from dcsync.cloud.messages.server_messages import WITHHELD
from dcsync.model import ConnectorPatch
from tests.cloud.samples import CONNECTOR, HEADER, PROJECT, SECRET, declared
from tests.cloud.server import Asked, Say, ScriptedServer

PATH = f"/projects/{PROJECT}/dataconnectors"


def _create(client: cloud.Client) -> Any:
    return cloud.Writer(client).create_data_connector(declared())


@pytest.mark.parametrize(
    ("answer", "error", "message"),
    [
        (
            Say(400, {"error": "invalid url", "code": 400, "help": "https://docs.example.com"}),
            errors.BadRequest,
            f"POST {PATH}: 400: invalid url",
        ),
        (
            Say(403, {"error": "forbidden", "code": 403}),
            errors.Forbidden,
            f"POST {PATH}: 403: forbidden; the service account needs a role in this project:"
            " project.user to read, project.developer to change",
        ),
        (
            Say(404, {"error": "not found", "code": 404}),
            errors.NotFound,
            f"POST {PATH}: 404: not found; check the project id and that the service account"
            " belongs to the project",
        ),
        (
            Say(409, {"error": {"code": 6, "message": "already exists"}}),
            errors.Conflict,
            f"POST {PATH}: 409: already exists",
        ),
        (
            Say(502, raw=b"<html><h1>Bad Gateway</h1></html>"),
            errors.UnknownServerError,
            f"POST {PATH}: 502: the server gives no reason",
        ),
        (
            Say(500, {"message": "internal"}),
            errors.InternalServerError,
            f"POST {PATH}: 500: internal",
        ),
        (
            Say(418, ["teapot"]),
            errors.UnknownStatus,
            f"POST {PATH}: 418: the server gives no reason",
        ),
        (
            Say(400, {"error": {"error": {"error": 7}}}),
            errors.BadRequest,
            f"POST {PATH}: 400: the server gives no reason",
        ),
        (
            Say(400, {"error": "the url\n\tis invalid"}),
            errors.BadRequest,
            f"POST {PATH}: 400: the url is invalid",
        ),
        (
            Say(400, {"error": "url 'https://example.com/x' is invalid, 'y' is not."}),
            errors.BadRequest,
            f"POST {PATH}: 400: url … is invalid, … is not.",
        ),
        (
            Say(400, {"error": "Unknown event type touch; displayName must be at most 64 long"}),
            errors.BadRequest,
            f"POST {PATH}: 400: Unknown event type touch; displayName must be at most 64 long",
        ),
        (
            Say(404, {"error": f"project {PROJECT} does not exist"}),
            errors.NotFound,
            f"POST {PATH}: 404: project {PROJECT} does not exist; check the project id and that"
            " the service account belongs to the project",
        ),
        (
            Say(400, {"error": "the url\u202e is \x1b[31mred"}),
            errors.BadRequest,
            f"POST {PATH}: 400: Bad Request ({WITHHELD})",
        ),
        (
            Say(400, {"error": "valid " * 99}),
            errors.BadRequest,
            f"POST {PATH}: 400: Bad Request ({WITHHELD})",
        ),
        (
            Say(499, {"error": "gibberish"}),
            errors.UnknownStatus,
            f"POST {PATH}: 499: not an HTTP status ({WITHHELD})",
        ),
        (
            Say(302, headers={"Location": "https://elsewhere.example.com/?key=word"}),
            errors.UnknownStatus,
            f"POST {PATH}: 302: redirects are not followed: they would receive the credentials",
        ),
    ],
)
def test_an_error_says_what_happened(
    answer: Say,
    error: type[errors.ApiError],
    message: str,
    client: cloud.Client,
    server: ScriptedServer,
) -> None:
    """Method, path, status, the server's words on one line and cut to size, and what to do."""
    server.say(answer)

    with pytest.raises(error) as caught:
        _create(client)
    assert str(caught.value) == message
    assert type(caught.value) is error
    assert (caught.value.method, caught.value.path) == ("POST", PATH)
    assert caught.value.status == answer.status


def test_a_redirect_is_not_followed(client: cloud.Client, server: ScriptedServer) -> None:
    """No request, and so no credentials, goes where a redirect points."""
    server.say(Say(307, headers={"Location": f"{server.api_url}/elsewhere"}))

    with pytest.raises(errors.ApiError):
        _create(client)
    assert len(server.calls) == 1


def _echo_body(asked: Asked) -> Say:
    return Say(400, {"error": f"cannot use {asked.body.decode()}"})


def _echo_part(asked: Asked) -> Say:
    return Say(400, {"error": f"bad header {asked.json['httpConfig']['headers'][:1]}"})


def _echo(text: str) -> Say:
    return Say(400, {"error": text})


@pytest.mark.parametrize("status", [400, 401, 404, 429, 503])
def test_errors_can_be_copied_and_pickled(
    status: int, client: cloud.Client, server: ScriptedServer
) -> None:
    """An error that crosses a process border says there what it said here."""
    server.otherwise = Say(status, {"error": "no"}, {"Retry-After": "0"})
    with pytest.raises(errors.ApiError) as caught:
        _create(client)

    for twin in (pickle.loads(pickle.dumps(caught.value)), copy.copy(caught.value)):  # noqa: S301
        assert type(twin) is type(caught.value)
        assert vars(twin) == vars(caught.value)
        assert str(twin) == str(caught.value)


ECHOES = [
    _echo_body,
    _echo(f"secret {SECRET} is too weak"),
    _echo(f"secret {SECRET[3:-3]}… is too weak"),
    _echo(f"header {HEADER!r} is not allowed"),
    Say(500, {"error": {"message": SECRET, "code": 13}}),
    Say(400, {"error": "Bearer token-1 is not for this"}),
    Say(302, headers={"Location": f"https://example.com/?{SECRET}"}),
    Say(502, raw=f"<html>{SECRET} {HEADER}</html>".encode()),
    Say(200, {"name": SECRET}),
    Say(drop=True),
]


def _leaks(text: str) -> bool:
    return any(word in text for word in (SECRET, SECRET[3:-3], HEADER, "staple", "token-1"))


@pytest.mark.parametrize("echo", ECHOES)
def test_an_error_never_repeats_a_secret(
    echo: Any,
    client: cloud.Client,
    server: ScriptedServer,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Whatever the server echoes, no error, traceback, log line or output shows what was sent."""
    caplog.set_level(0)
    server.say(echo)

    with pytest.raises(errors.CloudError) as caught:
        _create(client)

    assert caught.value.__context__ is None  # whose frames would hold what was sent
    told = "".join(traceback.format_exception(caught.value))
    shown = [told, repr(caught.value), caplog.text, *capfd.readouterr()]
    assert not any(map(_leaks, shown))


def test_a_token_never_shows_in_a_token_error(client: cloud.Client, server: ScriptedServer) -> None:
    """A token endpoint that echoes the assertion does not get it into the message."""
    server.token = lambda asked: Say(400, {"error": asked.body.decode()})

    with pytest.raises(errors.Unauthorized) as caught:
        _create(client)
    assert "eyJ" not in str(caught.value)


def test_an_update_keeps_its_secrets_too(client: cloud.Client, server: ScriptedServer) -> None:
    """The secrets of an update are masked like those of a create."""
    server.say(_echo_body)
    patch = ConnectorPatch(config=declared().config)

    with pytest.raises(errors.BadRequest) as caught:
        cloud.Writer(client).update_data_connector(PROJECT, CONNECTOR, patch)
    assert not _leaks(str(caught.value))


@pytest.mark.parametrize("thing", ["client", "reader", "writer", "auth", "config"])
def test_no_repr_shows_a_secret(thing: str, client: cloud.Client, server: ScriptedServer) -> None:
    """Nothing that holds credentials or a config shows them."""
    shown = {
        "client": client,
        "reader": cloud.Reader(client),
        "writer": cloud.Writer(client),
        "auth": client._auth,
        "config": declared(),
    }[thing]

    assert server.environ["DT_SERVICE_ACCOUNT_SECRET"] not in f"{shown!r} {shown}"
    assert not _leaks(f"{shown!r} {shown}")

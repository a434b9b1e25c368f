"""Service-account tokens and Basic Auth."""

from __future__ import annotations

import warnings
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest

from dcsync import cloud, errors
from tests.cloud.conftest import FakeTime
from tests.cloud.samples import CONNECTOR, PROJECT, page
from tests.cloud.server import Answer, Asked, Say, ScriptedServer

EMPTY = Say(body=page())


def _numbered_tokens(expires_in: object = 3600) -> Answer:
    numbers = count(1)
    return lambda _: Say(
        body={
            "access_token": f"token-{next(numbers)}",
            "token_type": "Bearer",
            "expires_in": expires_in,
        }
    )


def _list(client: cloud.Client) -> Any:
    return cloud.Reader(client).list_data_connectors(PROJECT)


def _authorization(asked: Asked) -> str:
    return asked.headers["Authorization"]


def test_exchanges_a_signed_jwt_for_a_token(client: cloud.Client, server: ScriptedServer) -> None:
    """The token request is the form of RFC 7523 with exactly the claims that the API documents."""
    server.say(EMPTY)

    _list(client)

    (asked,) = server.tokens
    form = parse_qs(asked.body.decode())
    assertion = form["assertion"][0]
    secret = server.environ["DT_SERVICE_ACCOUNT_SECRET"]
    claims = jwt.decode(
        assertion,
        secret,
        algorithms=["HS256"],
        audience=server.token_url,
        options={"verify_exp": False, "verify_iat": False},
    )
    assert asked.method == "POST"
    assert asked.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert "Authorization" not in asked.headers
    assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
    assert jwt.get_unverified_header(assertion) == {
        "alg": "HS256",
        "kid": server.environ["DT_SERVICE_ACCOUNT_KEY_ID"],
        "typ": "JWT",
    }
    assert claims == {
        "iat": 1_700_001_000,
        "exp": 1_700_001_000 + 3600,
        "aud": server.token_url,
        "iss": server.environ["DT_SERVICE_ACCOUNT_EMAIL"],
    }
    assert _authorization(server.calls[0]) == "Bearer token-1"


def test_asks_for_no_token_before_the_first_call(server: ScriptedServer) -> None:
    """Connecting sends nothing."""
    cloud.connect(server.environ)

    assert server.asked == []


def test_one_token_serves_all_threads(client: cloud.Client, server: ScriptedServer) -> None:
    """Threads that start together share one token request."""
    server.token = _numbered_tokens()
    server.otherwise = EMPTY

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda _: _list(client), range(30)))

    assert len(server.tokens) == 1
    assert {_authorization(asked) for asked in server.calls} == {"Bearer token-1"}


@pytest.mark.parametrize(
    ("expires_in", "later_s", "tokens"),
    [
        (3600, 3539, 1),
        (3600, 3541, 2),
        (100, 89, 1),
        (100, 91, 2),
        ("3600", 3538, 1),
        (None, 3539, 1),
        (0, 0, 2),
    ],
)
def test_renews_a_little_before_the_token_expires(
    expires_in: object,
    later_s: float,
    tokens: int,
    client: cloud.Client,
    server: ScriptedServer,
    time: FakeTime,
) -> None:
    """A token is renewed a minute before its end, or after nine tenths of a shorter life."""
    server.token = _numbered_tokens(expires_in)
    server.otherwise = EMPTY
    _list(client)

    time.now_s += later_s
    _list(client)

    assert len(server.tokens) == tokens
    assert _authorization(server.calls[-1]) == f"Bearer token-{tokens}"


def test_an_expired_token_is_renewed_once_for_all_threads(
    client: cloud.Client, server: ScriptedServer
) -> None:
    """When the server refuses a token, the threads that used it share the next one."""
    server.token = _numbered_tokens()
    valid = "Bearer token-2"
    server.otherwise = lambda asked: (
        EMPTY if _authorization(asked) == valid else Say(401, {"error": "token expired"})
    )

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda _: _list(client), range(10)))

    assert len(server.tokens) == 2


def test_a_refused_fresh_token_is_an_error(client: cloud.Client, server: ScriptedServer) -> None:
    """401 to a fresh token too is Unauthorized, after two calls, with what to check."""
    server.otherwise = Say(401, {"error": "unauthenticated"})

    with pytest.raises(errors.Unauthorized, match=r"unauthenticated; check DT_SERVICE_ACCOUNT"):
        _list(client)
    assert len(server.calls) == 2
    assert len(server.tokens) == 2


@pytest.mark.parametrize(
    "answer",
    [
        Say(400, {"error": "invalid_grant", "error_description": "unknown kid"}),
        Say(400, {"error": "not a jwt-bearer", "message": "invalid_grant: unknown kid"}),
        Say(401, {"error": "invalid_grant", "error_description": "unknown kid"}),
        Say(403, {"error": {"message": "invalid_grant: unknown kid"}}),
    ],
)
def test_wrong_credentials_are_unauthorized(
    answer: Say, client: cloud.Client, server: ScriptedServer
) -> None:
    """A refusal of the token endpoint says why, and is not asked for again."""
    server.token = answer

    with pytest.raises(
        errors.Unauthorized, match=r"POST /token: 40\d: .* refuses .*invalid_grant: unknown kid"
    ):
        _list(client)
    assert len(server.tokens) == 1
    assert server.calls == []


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Say(body={}), errors.InvalidResponse),
        (Say(body={"access_token": ""}), errors.InvalidResponse),
        (Say(body={"access_token": 7, "expires_in": 3600}), errors.InvalidResponse),
        (Say(body={"access_token": "two words\n"}), errors.InvalidResponse),
        (Say(body={"access_token": "x", "expires_in": "soon"}), errors.InvalidResponse),
        (Say(raw=b"<html>"), errors.InvalidResponse),
        (Say(404), errors.CredentialsError),
        (Say(302, headers={"Location": "https://example.com/"}), errors.ApiError),
    ],
)
def test_an_unusable_token_answer_is_an_error(
    answer: Say, error: type[Exception], client: cloud.Client, server: ScriptedServer
) -> None:
    """What the token endpoint does not document is an error, without a call to the API."""
    server.token = answer

    with pytest.raises(error):
        _list(client)
    assert server.calls == []


@pytest.mark.parametrize("trouble", [Say(500), Say(503), Say(drop=True)])
def test_trouble_with_the_token_is_tried_again(
    trouble: Say, client: cloud.Client, server: ScriptedServer, time: FakeTime
) -> None:
    """The token request is repeated with back-off, four times in all, and the call never sent."""
    server.token = trouble

    with pytest.raises(errors.ConnectionFailed, match="no token"):
        cloud.Writer(client).delete_data_connector(PROJECT, CONNECTOR)
    assert len(server.tokens) == 4
    assert time.slept == [0.5, 1.0, 2.0]
    assert server.calls == []


def test_basic_auth_needs_no_token(server: ScriptedServer) -> None:
    """Without an e-mail the key id and the secret go with each call."""
    environ = {**server.environ, "DT_SERVICE_ACCOUNT_EMAIL": ""}
    environ["DT_SERVICE_ACCOUNT_KEY_ID"], environ["DT_SERVICE_ACCOUNT_SECRET"] = (
        "key",
        "open sesame",
    )
    server.say(EMPTY)

    _list(cloud.connect(environ))

    assert server.tokens == []
    assert _authorization(server.calls[0]) == "Basic a2V5Om9wZW4gc2VzYW1l"


def test_refused_basic_auth_is_not_sent_again(server: ScriptedServer) -> None:
    """401 to Basic Auth is an error at once: there is nothing fresher to send."""
    server.otherwise = Say(401, {"error": "no"})

    with pytest.raises(errors.Unauthorized, match="must allow Basic Auth"):
        _list(cloud.connect({**server.environ, "DT_SERVICE_ACCOUNT_EMAIL": ""}))
    assert len(server.calls) == 1


def test_a_short_secret_is_signed_without_a_warning(server: ScriptedServer) -> None:
    """The length of the key that DT hands out is not ours to warn of."""
    server.say(EMPTY)
    with warnings.catch_warnings():
        warnings.simplefilter("error")

        _list(cloud.connect({**server.environ, "DT_SERVICE_ACCOUNT_SECRET": "short"}))

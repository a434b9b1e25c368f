"""Credentials and logging in both libraries; the intent of the SDK's tests of them."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from tests.cloud.server import Say, ScriptedServer
from tests.library.either import differs

from .test_comparison import DEVICE

pytestmark = [
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]

LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]


def test_tokens_are_fetched_when_needed(dt: Any, server: ScriptedServer) -> None:
    """Nothing is sent for an account; then one token serves, until it is refreshed."""
    auth = dt.Auth.service_account("key_id", "secret", "email")
    auth.token_endpoint = server.token_url
    assert isinstance(auth, dt.authentication.ServiceAccountAuth)
    assert server.asked == []

    tokens = [auth.get_token(), auth.get_token()]
    assert tokens == ["Bearer token-1"] * 2
    assert len(server.tokens) == 1
    assert auth.refresh() is None
    assert auth.get_token() == "Bearer token-1"
    assert len(server.tokens) == 2


def test_expired_tokens_are_renewed(dt: Any, server: ScriptedServer) -> None:
    """A token whose time is over is not used again."""
    body = {"access_token": "old", "token_type": "Bearer", "expires_in": 0}
    server.token = Say(body=body)
    auth = dt.default_auth

    assert auth.get_token() == "Bearer old"
    server.token = Say(body={**body, "access_token": "new", "expires_in": 3600})
    assert auth.get_token() == "Bearer new"


def test_an_accounts_members(dt: Any) -> None:
    """What an account was made of can be read; an algorithm must be a supported one."""
    auth = dt.Auth.service_account("key_id", "secret", "email")

    assert (auth.key_id, auth.secret, auth.email) == ("key_id", "secret", "email")
    assert auth.supported_algorithms == ["HS256"]
    auth.algorithm = "HS256"
    with pytest.raises(dt.errors.ConfigurationError):
        auth.algorithm = "none"
    assert auth.algorithm == "HS256"


FILE = {
    "serviceAccount": {
        "keyId": "k",
        "secret": "s",
        "email": "e",
        "algorithm": "HS256",
        "tokenEndpoint": "https://example.com/token",
    }
}


def test_credentials_of_a_file(dt: Any) -> None:
    """All five fields are read."""
    auth = dt.authentication.ServiceAccountAuth.from_credentials_file(FILE)

    assert (auth.key_id, auth.secret, auth.email) == ("k", "s", "e")
    assert auth.token_endpoint == "https://example.com/token"


@pytest.mark.parametrize("field", FILE["serviceAccount"])
def test_credentials_of_a_file_that_lacks_something(field: str, dt: Any) -> None:
    """Each field is needed: ConfigurationError names the one that is missing."""
    account = {name: value for name, value in FILE["serviceAccount"].items() if name != field}

    with pytest.raises(dt.errors.ConfigurationError, match=field):
        dt.authentication.ServiceAccountAuth.from_credentials_file({"serviceAccount": account})


@pytest.mark.parametrize("position", range(3))
def test_credentials_that_are_missing(position: int, dt: Any) -> None:
    """None is a TypeError, an empty string a ConfigurationError, where they are given."""
    for value, kind in ((None, TypeError), ("", dt.errors.ConfigurationError)):
        given: list[Any] = ["key_id", "secret", "email"]
        given[position] = value
        with pytest.raises(kind):
            dt.Auth.service_account(*given)


def test_the_environments_credentials(dt: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three variables make an account; without an e-mail it is Basic Auth, and none for the SDK."""
    for name in ("KEY_ID", "SECRET", "EMAIL"):
        monkeypatch.setenv(f"DT_SERVICE_ACCOUNT_{name}", name.lower())
    auth = dt.Auth.init()
    assert (auth.key_id, auth.secret, auth.email) == ("key_id", "secret", "email")
    assert isinstance(auth, dt.authentication.ServiceAccountAuth)

    monkeypatch.delenv("DT_SERVICE_ACCOUNT_EMAIL")
    kind = differs(dt, "basic", sdk="Unauthenticated", ours="BasicAuth")
    assert type(dt.Auth.init()).__name__ == kind
    monkeypatch.delenv("DT_SERVICE_ACCOUNT_KEY_ID")
    monkeypatch.delenv("DT_SERVICE_ACCOUNT_SECRET")
    assert isinstance(dt.Auth.init(), dt.authentication.Unauthenticated)


@pytest.mark.parametrize("level", LEVELS)
def test_log_levels(level: str, dt: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """`dt.log_level`, in any case, prints what is as severe or more."""
    for chosen in (level, level.lower()):
        dt.log_level = chosen
        for name in LEVELS:
            getattr(dt.logging, name.lower())(f"a {name} message")
        printed = capsys.readouterr().out.splitlines()

        shown = LEVELS[LEVELS.index(level) :]
        assert [line.partition("] ")[2] for line in printed] == [
            f"{name:<8} - a {name} message" for name in shown
        ]
    assert level == getattr(dt.logging, level)


def test_no_log_level(dt: Any, server: ScriptedServer, capsys: pytest.CaptureFixture[str]) -> None:
    """None, the default, prints nothing."""
    server.say(Say(body=DEVICE))
    dt.Device.get_device("d")
    dt.logging.critical("x")

    assert capsys.readouterr().out == ""


def test_an_unknown_log_level(dt: Any) -> None:
    """It is a ConfigurationError, and INFO afterwards."""
    dt.log_level = "SOME_INVALID_STRING"
    with pytest.raises(dt.errors.ConfigurationError):
        dt.logging.debug("x")

    assert dt.log_level == dt.logging.INFO


def test_logged_calls_and_errors(
    dt: Any, server: ScriptedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """DEBUG shows each call, WARNING that one is sent again, ERROR what is raised."""
    server.say(Say(503, {"error": "x"}), Say(404, {"error": "not found"}))
    dt.log_level = dt.logging.DEBUG
    with pytest.raises(dt.errors.NotFound):
        dt.Device.get_device("d")
    printed = capsys.readouterr().out

    assert {"DEBUG", "WARNING", "ERROR"} <= set(printed.split())
    assert not [word for word in (dt.default_auth.secret, "token-1") if word in printed]


def test_the_logger(dt: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Programs find records in the logger of the library's name."""
    with caplog.at_level(logging.INFO, logger=dt.logging.logger.name):
        dt.logging.info("hello")

    (record,) = caplog.records
    assert record.name == differs(dt, "logger", sdk="disruptive", ours="dcsync")
    assert record.getMessage() == "hello"

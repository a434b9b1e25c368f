"""Where the client's settings come from, and which are refused."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from dcsync import cloud
from dcsync.cloud.auth import BasicAuth, ServiceAccountAuth
from dcsync.cloud.connect import checked_url, credentials, network_settings
from dcsync.errors import ConfigurationError, CredentialsError
from tests.cloud.samples import PROJECT, page
from tests.cloud.server import Say, ScriptedServer

KEY_ID, SECRET, EMAIL = "c16pegipidie7lltref0", "0123456789abcdef0123456789abcdef", "a@example.com"
ACCOUNT = {
    "DT_SERVICE_ACCOUNT_KEY_ID": KEY_ID,
    "DT_SERVICE_ACCOUNT_SECRET": SECRET,
    "DT_SERVICE_ACCOUNT_EMAIL": EMAIL,
}


def _file(tmp_path: Path, content: object) -> dict[str, str]:
    path = tmp_path / "credentials.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return {"DT_CREDENTIALS_FILE": str(path)}


def _account(**fields: object) -> dict[str, Any]:
    return {
        "serviceAccount": {
            "keyId": "from-file",
            "secret": SECRET,
            "email": EMAIL,
            "algorithm": "HS256",
            "tokenEndpoint": "https://example.com/token",
            **fields,
        }
    }


def test_reads_the_service_account_from_variables() -> None:
    """Key id, secret and e-mail are a service account at DT's token endpoint."""
    auth = credentials(ACCOUNT)

    assert isinstance(auth, ServiceAccountAuth)
    assert (auth.key_id, auth.email) == (KEY_ID, EMAIL)
    assert auth.token_endpoint == "https://identity.disruptive-technologies.com/oauth2/token"


def test_without_an_email_it_is_basic_auth() -> None:
    """No e-mail means Basic Auth."""
    auth = credentials({**ACCOUNT, "DT_SERVICE_ACCOUNT_EMAIL": ""})

    assert isinstance(auth, BasicAuth)


def test_the_credentials_file_comes_first(tmp_path: Path) -> None:
    """A service account in DT_CREDENTIALS_FILE beats the variables, as in the official SDK."""
    auth = credentials({**ACCOUNT, **_file(tmp_path, _account())})

    assert isinstance(auth, ServiceAccountAuth)
    assert auth.key_id == "from-file"
    assert auth.token_endpoint == "https://example.com/token"


def test_a_token_url_beats_the_credentials_file(tmp_path: Path) -> None:
    """--token-url and DCSYNC_TOKEN_URL beat the file's tokenEndpoint."""
    auth = credentials(_file(tmp_path, _account()), "https://example.com/other")

    assert isinstance(auth, ServiceAccountAuth)
    assert auth.token_endpoint == "https://example.com/other"


def test_a_file_without_a_service_account_leaves_the_variables(tmp_path: Path) -> None:
    """A credentials file that holds other things is passed over."""
    auth = credentials({**ACCOUNT, **_file(tmp_path, {})})

    assert isinstance(auth, ServiceAccountAuth)
    assert auth.key_id == KEY_ID


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({}, "no credentials: set DT_SERVICE_ACCOUNT_KEY_ID"),
        ({"DT_SERVICE_ACCOUNT_KEY_ID": KEY_ID}, "the secret is missing"),
        ({"DT_SERVICE_ACCOUNT_SECRET": SECRET}, "the key id is missing"),
        ({"DT_SERVICE_ACCOUNT_EMAIL": EMAIL}, "the key id is missing"),
        ({"DT_CREDENTIALS_FILE": "/does/not/exist"}, "/does/not/exist: No such file"),
    ],
)
def test_missing_credentials_say_what_to_set(environ: dict[str, str], message: str) -> None:
    """Missing or incomplete credentials are a CredentialsError that names what to set."""
    with pytest.raises(CredentialsError, match=message) as caught:
        cloud.connect(environ)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        {"serviceAccount": []},
        _account(keyId=7),
        _account(secret=None),
        "[" * 100_000,
    ],
)
def test_an_unreadable_credentials_file_is_an_error(content: object, tmp_path: Path) -> None:
    """A credentials file of another form is a CredentialsError that names the file."""
    with pytest.raises(CredentialsError, match=r"credentials\.json"):
        credentials(_file(tmp_path, content))


def test_options_beat_variables(server: ScriptedServer) -> None:
    """URLs given as options beat DCSYNC_API_URL and DCSYNC_TOKEN_URL."""
    environ = {
        **server.environ,
        "DCSYNC_API_URL": "https://example.com/nowhere",
        "DCSYNC_TOKEN_URL": "https://example.com/nowhere",
    }
    server.say(Say(body=page()))
    client = cloud.connect(environ, api_url=server.api_url + "/", token_url=server.token_url)

    cloud.Reader(client).list_data_connectors(PROJECT)

    assert len(server.calls) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example.com/v2",
        "http://10.0.0.7/v2",
        "http://localhost.example.com/v2",
        "ftp://example.com",
        "example.com/v2",
        "https://",
        "https://[::1",
        "https://user:word@example.com/v2",
        "https://example.com/v2?key=word",
        "",
    ],
)
def test_refuses_urls_that_credentials_must_not_go_to(url: str) -> None:
    """Only https, or http on this machine, gets credentials; the message repeats no secret."""
    with pytest.raises(ConfigurationError) as caught:
        checked_url(url, "API")
    assert "word" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://api.example.com/v2",
        "http://localhost:8080/v2",
        "http://127.0.0.1:8080/v2",
        "http://127.1.2.3/v2",
        "http://[::1]:8080/v2",
    ],
)
def test_takes_https_and_this_machine(url: str) -> None:
    """https anywhere and http on this machine are fine."""
    assert checked_url(url, "API") == url


@pytest.mark.parametrize("variable", ["DCSYNC_API_URL", "DCSYNC_TOKEN_URL", "DCSYNC_EMULATOR_URL"])
def test_checks_every_url(variable: str) -> None:
    """The API's, the token endpoint's and the emulator's URL are all checked."""
    with pytest.raises(ConfigurationError, match="must be https"):
        cloud.connect({**ACCOUNT, variable: "http://example.com"})


def test_uses_the_proxy_of_the_environment_it_is_given(server: ScriptedServer) -> None:
    """http_proxy is honoured as connect was given it, and never looked up again."""
    environ = {
        **server.environ,
        "DCSYNC_API_URL": "http://localhost:1/v2",
        "http_proxy": server.url,
    }
    environ["no_proxy"] = "127.0.0.1"
    server.say(Say(body=page()))
    client = cloud.connect(environ)
    assert "http_proxy" not in os.environ

    cloud.Reader(client).list_data_connectors(PROJECT)

    assert server.calls[0].path == f"/v2/projects/{PROJECT}/dataconnectors"


def test_ignores_the_environment_of_the_process(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Proxies, netrc and bundles that connect was not given are not used."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    server.say(Say(body=page()))

    cloud.Reader(cloud.connect(server.environ)).list_data_connectors(PROJECT)

    assert server.calls[0].headers["Authorization"] == "Bearer token-1"


@pytest.mark.parametrize(
    ("environ", "proxies"),
    [
        ({}, {}),
        ({"HTTPS_PROXY": "http://p:1"}, {"https": "http://p:1"}),
        ({"https_proxy": "http://p:1", "HTTPS_PROXY": "http://q:2"}, {"https": "http://p:1"}),
        ({"all_proxy": "http://p:1"}, {"http": "http://p:1", "https": "http://p:1"}),
    ],
)
def test_reads_proxies_like_curl(environ: dict[str, str], proxies: dict[str, str]) -> None:
    """Lower-case variables beat upper-case ones, and all_proxy stands for both schemes."""
    assert network_settings(environ).proxies == proxies


@pytest.mark.parametrize(
    ("url", "no_proxy", "is_direct"),
    [
        ("https://api.example.com/v2", "", False),
        ("https://api.example.com/v2", "*", True),
        ("https://api.example.com/v2", "other.com, .Example.com", True),
        ("https://api.example.com:444/v2", "api.example.com:444", True),
        ("https://api.example.com/v2", "ample.com", False),
        ("https://10.1.2.3/v2", "10.0.0.0/8", True),
        ("https://11.1.2.3/v2", "10.0.0.0/8,nonsense/7", False),
        ("https://[fd00::7]:443/v2", "fd00::7", True),
        ("https://[fd00::7]/v2", "[fd00::7]", True),
        ("https://[fd00::7]/v2", "fd00::/8", True),
        ("https://[fd00::7]/v2", "10.0.0.0/8", False),
    ],
)
def test_no_proxy_is_read_like_requests(url: str, no_proxy: str, is_direct: bool) -> None:
    """Names, suffixes, ports, addresses and networks are reached directly."""
    settings = network_settings({"https_proxy": "p:1", "no_proxy": no_proxy})

    assert settings.proxies_to(url) == ({} if is_direct else {"https": "http://p:1"})


@pytest.mark.parametrize("content", ["", "no certificate", "-----BEGIN CERTIFICATE-----\nx\n"])
def test_a_bundle_without_certificates_is_an_error(tmp_path: Path, content: str) -> None:
    """What trusts nobody is a fault of the settings: nothing is sent, nothing sent again."""
    bundle = tmp_path / "bundle.pem"
    bundle.write_text(content)
    environ = {**ACCOUNT, "DT_SERVICE_ACCOUNT_EMAIL": "", "REQUESTS_CA_BUNDLE": str(bundle)}
    client = cloud.connect(environ, api_url="https://localhost:1/v2")

    with pytest.raises(ConfigurationError, match=r"CA bundle .*bundle\.pem cannot be used"):
        cloud.Reader(client).list_data_connectors(PROJECT)


def test_a_missing_ca_bundle_is_an_error() -> None:
    """A CA bundle that is not there is told before the first call."""
    with pytest.raises(ConfigurationError, match=r"there is no /does/not/exist\.pem"):
        network_settings({"REQUESTS_CA_BUNDLE": "/does/not/exist.pem"})

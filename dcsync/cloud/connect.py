"""Makes a client from options and the environment; the only module in `cloud` that reads them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dcsync.cloud.auth import MISSING, TOKEN_URL, BasicAuth, Credentials, ServiceAccountAuth
from dcsync.cloud.client import API_URL, ATTEMPTS, EMULATOR_URL, TIMEOUT_S, Client
from dcsync.cloud.clock import Clock
from dcsync.cloud.http.network import NetworkSettings
from dcsync.cloud.http.transport import OnCall, ignore_exchange
from dcsync.cloud.pace import Budget, OnWait, ignore_wait
from dcsync.errors import ConfigurationError, CredentialsError, NoCredentialsFile
from dcsync.loopback import is_loopback_url
from dcsync.regular_files import read_text

KEY_ID = "DT_SERVICE_ACCOUNT_KEY_ID"
SECRET = "DT_SERVICE_ACCOUNT_SECRET"  # noqa: S105 - the variable's name
EMAIL = "DT_SERVICE_ACCOUNT_EMAIL"
CREDENTIALS_FILE = "DT_CREDENTIALS_FILE"
MAX_BYTES = 1_000_000
"""Largest credentials file that is read."""


def connect(
    environ: Mapping[str, str],
    *,
    api_url: str | None = None,
    token_url: str | None = None,
    emulator_url: str | None = None,
    timeout_s: float = TIMEOUT_S,
    attempts: int = ATTEMPTS,
    connections: int = 10,
    budget: Budget | None = None,
    on_wait: OnWait | None = None,
    on_call: OnCall | None = None,
    clock: Clock | None = None,
) -> Client:
    """A client for the credentials in `environ`; sends nothing before its first call.

    Options override `DCSYNC_*` variables, which override the defaults. CredentialsError says what
    to set if there are none; ConfigurationError names an invalid URL.
    """
    auth = credentials(environ, token_url or environ.get("DCSYNC_TOKEN_URL") or None)
    return Client(
        auth,
        base_url=base_url_of(environ, api_url),
        emulator_base_url=checked_url(
            emulator_url or environ.get("DCSYNC_EMULATOR_URL") or EMULATOR_URL, "emulator"
        ),
        request_timeout=timeout_s,
        request_attempts=attempts,
        connections=connections,
        budget=budget,
        network=network_settings(environ),
        on_wait=on_wait or ignore_wait,
        on_call=on_call or ignore_exchange,
        clock=clock,
    )


def credentials(environ: Mapping[str, str], token_url: str | None = None) -> Credentials:
    """The service account in DT_CREDENTIALS_FILE, else in DT_SERVICE_ACCOUNT_*.

    The file wins, as in the official SDK; without an e-mail it is Basic Auth.
    """
    path = environ.get(CREDENTIALS_FILE, "")
    account = _account_in_file(Path(path)) if path else None
    if account is not None:
        key_id, secret, email, endpoint = (
            _field(account, name, path) for name in ("keyId", "secret", "email", "tokenEndpoint")
        )
        return _auth(key_id, secret, email, token_url or endpoint or TOKEN_URL, f" in {path}")
    key_id, secret, email = (environ.get(name, "") for name in (KEY_ID, SECRET, EMAIL))
    if not (key_id or secret or email):
        raise CredentialsError(MISSING)
    return _auth(key_id, secret, email, token_url or TOKEN_URL, "")


def base_url_of(environ: Mapping[str, str], api_url: str | None = None) -> str:
    """The API's base URL. A URL that is a host alone means its v2, as the Terraform provider has it
    (docs/api.md section 1)."""
    url = api_url or environ.get("DCSYNC_API_URL") or API_URL
    checked = checked_url(url, "API")
    return f"{checked.rstrip('/')}/v2" if urlsplit(checked).path in ("", "/") else checked


def checked_url(url: str, what: str) -> str:
    """`url`, if credentials may be sent there: https, or http on this machine."""
    try:
        parts = urlsplit(url)
    except ValueError:
        raise ConfigurationError(f"the {what} URL must look like https://host/path") from None
    is_odd = "\\" in url or " " in url or not url.isprintable()  # parsers disagree about these
    if is_odd or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ConfigurationError(f"the {what} URL must look like https://host/path")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ConfigurationError(f"the {what} URL must have no user part and no query")
    if parts.scheme == "http" and not is_loopback_url(url):
        raise ConfigurationError(
            f"the {what} URL must be https: http://{parts.hostname} would get the credentials in"
            " clear text (http is only for localhost)"
        )
    return url


def network_settings(environ: Mapping[str, str]) -> NetworkSettings:
    """Proxies and CA bundle, from the variables that curl and requests use."""

    def value_of(name: str) -> str:
        return environ.get(name) or environ.get(name.upper(), "")

    proxies = {
        scheme: value_of(f"{scheme}_proxy") or value_of("all_proxy") for scheme in ("http", "https")
    }
    bundle = environ.get("REQUESTS_CA_BUNDLE") or environ.get("CURL_CA_BUNDLE") or None
    if bundle is not None and not Path(bundle).exists():
        raise ConfigurationError(f"REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE: there is no {bundle}")
    return NetworkSettings(
        proxies={scheme: proxy for scheme, proxy in proxies.items() if proxy},
        no_proxy=value_of("no_proxy"),
        ca_bundle=bundle,
    )


def _auth(key_id: str, secret: str, email: str, token_url: str, place: str) -> Credentials:
    if not key_id or not secret:
        missing = "the key id" if not key_id else "the secret"
        raise CredentialsError(f"incomplete credentials{place}: {missing} is missing; {MISSING}")
    if not email:
        return BasicAuth(key_id, secret)
    return ServiceAccountAuth(key_id, secret, email, checked_url(token_url, "token"))


def _account_in_file(path: Path) -> Mapping[str, Any] | None:
    """The file's service account; None if it has none, which the SDK allows."""
    try:
        content = json.loads(read_text(path, MAX_BYTES))
    except OSError as error:
        reason = error.strerror or "cannot be read"
        kind = NoCredentialsFile if isinstance(error, FileNotFoundError) else CredentialsError
        raise kind(f"{CREDENTIALS_FILE}: {path}: {reason}") from None
    except (ValueError, RecursionError):
        raise CredentialsError(f"{CREDENTIALS_FILE}: {path}: not JSON") from None
    if not isinstance(content, dict):
        raise CredentialsError(f"{CREDENTIALS_FILE}: {path}: not a JSON object")
    account = content.get("serviceAccount")
    if account is not None and not isinstance(account, dict):
        raise CredentialsError(f"{CREDENTIALS_FILE}: {path}: serviceAccount is not an object")
    return account


def _field(account: Mapping[str, Any], name: str, path: str) -> str:
    value = account.get(name) or ""
    if not isinstance(value, str):
        raise CredentialsError(f"{CREDENTIALS_FILE}: {path}: serviceAccount.{name} is not a string")
    return value

"""Sending through a requests session: dcsync's own, or the user's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

import requests
import urllib3
from requests import Session as Session
from requests.auth import AuthBase

from dcsync.cloud.http.adapter import Adapter, server_of
from dcsync.cloud.http.message import Message
from dcsync.cloud.http.network import NetworkSettings
from dcsync.errors import ConfigurationError

_WITHOUT_BODY = frozenset({"GET", "DELETE"})


class MessageSender(Protocol):
    """Sends a message once, without following redirects."""

    def send(self, message: Message, connect_s: float, read_s: float) -> requests.Response:
        """The response, with its body unread."""

    def close(self) -> None:
        """Close pooled connections."""


class _Addressing(NamedTuple):
    """What is the same for all messages to a server."""

    headers: dict[str, str]
    proxies: dict[str, str]


class OwnSession:
    """A session without cookies, netrc and environment look-ups.

    Sends through the adapter directly, which takes about half the time of `Session.request`.
    """

    def __init__(self, adapter: Adapter, network: NetworkSettings) -> None:
        self._adapter = adapter
        self._network = network
        self._servers: dict[str, _Addressing] = {}

    def send(self, message: Message, connect_s: float, read_s: float) -> requests.Response:
        url = message.full_url
        server = self._server_at(url)
        prepared = requests.PreparedRequest()
        prepared.method = message.method
        prepared.url = url
        prepared.body = message.data
        headers = message.headers
        if message.data is not None or message.method not in _WITHOUT_BODY:
            headers = _completed({"Content-Length": str(len(message.data or b""))}, headers)
        # requests' own mapping is copied and gone through four times: a tenth of a call
        prepared.headers = _completed(headers, server.headers)  # type: ignore[assignment]
        timeout = (connect_s, read_s)
        return self._adapter.send(prepared, stream=True, timeout=timeout, proxies=server.proxies)

    def close(self) -> None:
        self._adapter.close()

    def _server_at(self, url: str) -> _Addressing:
        key = server_of(url)
        if key not in self._servers:
            headers = {"Host": _host_in(key), "Accept-Encoding": "identity"}
            self._servers[key] = _Addressing(headers, self._network.proxies_to(url))
        return self._servers[key]


def _completed(headers: Mapping[str, str], usual: Mapping[str, str]) -> dict[str, str]:
    """The headers, and those of the usual ones that they lack, however they write their names."""
    names = {name.lower() for name in headers}
    return {**headers, **{name: usual[name] for name in usual if name.lower() not in names}}


def _host_in(url: str) -> str:
    """As http.client has it: a port is named only if it is not the scheme's own."""
    parts = urllib3.util.parse_url(url)
    is_usual = parts.port in {None, 443 if parts.scheme == "https" else 80}
    return f"{parts.host}" if is_usual else f"{parts.host}:{parts.port}"


class UserSession:
    """The user's session, which is neither changed nor closed here."""

    def __init__(self, session: Session) -> None:
        if not isinstance(session, Session):
            raise ConfigurationError("session must be a requests.Session")
        self._session = session

    def send(self, message: Message, connect_s: float, read_s: float) -> requests.Response:
        if message.method != "GET":
            refuse_retries(self._session, message.url)
        try:
            return self._session.request(
                message.method,
                message.full_url,
                data=message.data,
                headers=dict(message.headers),
                auth=_Authorization(message.headers.get("Authorization"), self._session.auth),
                timeout=(connect_s, read_s),
                allow_redirects=False,
                hooks={"response": [*_hooks(self._session), _hide_redirect]},
                stream=True,
            )
        except requests.HTTPError as error:  # of a hook that calls raise_for_status
            if error.response is None:
                raise
            return error.response

    def close(self) -> None:
        """Do nothing: the user closes the session."""


def refuse_retries(session: Session, url: str) -> None:
    """Raise ConfigurationError for a session that retries writes that may have arrived.

    Only dcsync knows which calls are idempotent, and checks the outcome of the others.
    """
    try:
        retries = getattr(session.get_adapter(url), "max_retries", None)
    except requests.exceptions.InvalidSchema:  # nothing can be sent there
        return
    if isinstance(retries, urllib3.Retry) and any(
        _retries(retries, method) for method in ("POST", "PATCH", "PUT", "DELETE")
    ):
        raise ConfigurationError(
            "session: the adapter retries writes that may have arrived; leave max_retries of"
            " HTTPAdapter at 0, dcsync itself retries where that is safe"
        )


def _retries(retries: urllib3.Retry, method: str) -> bool:
    """Found out by trying: urllib3 has many rules, and subclasses may override them."""
    if retries.is_retry(method, 503, has_retry_after=True):
        return True
    if any(retries.is_retry(method, status) for status in retries.status_forcelist):
        return True
    for error in (urllib3.exceptions.ProtocolError(), urllib3.exceptions.SSLError()):
        try:
            retries.increment(method, "/", error=error)
        except urllib3.exceptions.HTTPError:
            continue
        return True
    return False


class _Authorization(AuthBase):
    """Sets the message's Authorization, or none, after the session's auth was applied.

    Otherwise requests would use credentials from netrc.
    """

    def __init__(self, value: str | None, session_auth: Any) -> None:
        self._value = value
        self._session_auth = session_auth

    def __call__(self, prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        if callable(self._session_auth):
            prepared = self._session_auth(prepared)
        prepared.headers.pop("Authorization", None)
        if self._value is not None:
            prepared.headers["Authorization"] = self._value
        return prepared


def _hooks(session: Session) -> list[Callable[..., Any]]:
    found: Any = session.hooks.get("response") or []
    return [found] if callable(found) else list(found)


def _hide_redirect(response: requests.Response, *_: object, **__: object) -> None:
    """Hide a redirect from requests, which would read its whole body, however large."""
    response.headers.pop("Location", None)

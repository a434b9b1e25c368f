"""The sessions of requests that messages go through: dcsync's own, and a user's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import requests
import urllib3
from requests import Session as Session
from requests.auth import AuthBase
from requests.structures import CaseInsensitiveDict

from dcsync.cloud.adapter import Adapter
from dcsync.cloud.message import Message
from dcsync.cloud.route import Route
from dcsync.errors import ConfigurationError


class Sender(Protocol):
    """Sends a message once, and follows no redirect."""

    def send(self, message: Message, connect_s: float, read_s: float) -> requests.Response:
        """The response, its body still to come."""

    def close(self) -> None:
        """Let the kept connections go."""


class Own:
    """A session without cookies, netrc, and looks at the environment: all is in its adapter.

    Sends through the adapter itself, which takes about half the time of `Session.request`.
    """

    def __init__(self, adapter: Adapter, route: Route) -> None:
        self._route = route
        self._session = Session()
        self._session.trust_env = False
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, adapter)

    def send(self, message: Message, connect_s: float, read_s: float) -> requests.Response:
        prepared = requests.PreparedRequest()
        prepared.method = message.method
        prepared.url = url = message.whole_url
        prepared.headers = CaseInsensitiveDict(message.headers)
        prepared.body = message.data
        if message.data is not None:
            prepared.headers["Content-Length"] = str(len(message.data))
        adapter = self._session.get_adapter(url)
        way = self._route.proxies_to(url)
        return adapter.send(prepared, stream=True, timeout=(connect_s, read_s), proxies=way)

    def close(self) -> None:
        self._session.close()


class Users:
    """A session as its user has set it up, neither changed nor closed here."""

    def __init__(self, session: Session) -> None:
        if not isinstance(session, Session):
            raise ConfigurationError("session must be a requests.Session")
        self._session = session

    def send(self, message: Message, connect_s: float, read_s: float) -> requests.Response:
        if message.method != "GET":
            refuse_repeats(self._session, message.url)
        try:
            return self._session.request(
                message.method,
                message.whole_url,
                data=message.data,
                headers=dict(message.headers),
                auth=_Authorization(message.headers.get("Authorization"), self._session.auth),
                timeout=(connect_s, read_s),
                allow_redirects=False,
                hooks={"response": [*_hooks(self._session), _stay]},
                stream=True,
            )
        except requests.HTTPError as error:  # of a hook that calls raise_for_status
            if error.response is None:
                raise
            return error.response

    def close(self) -> None:
        """Nothing: who made the session closes it."""


def refuse_repeats(session: Session, url: str) -> None:
    """ConfigurationError for a session that sends a write again which may have arrived.

    Only dcsync knows which calls do no harm when sent twice, and looks what became of the others.
    """
    try:
        retries = getattr(session.get_adapter(url), "max_retries", None)
    except requests.exceptions.InvalidSchema:  # nothing can be sent there
        return
    if isinstance(retries, urllib3.Retry) and any(
        _repeats(retries, method) for method in ("POST", "PATCH", "PUT", "DELETE")
    ):
        raise ConfigurationError(
            "session: the adapter repeats writes that may have arrived; leave max_retries of"
            " HTTPAdapter at 0, dcsync repeats by itself what does no harm"
        )


def _repeats(retries: urllib3.Retry, method: str) -> bool:
    """Asked by trying: the rules of urllib3 are many, and may be overridden."""
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
    """The message's own Authorization or none, after what the session's auth has to add.

    Without it requests would take credentials for the host from netrc.
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


def _stay(response: requests.Response, *_: object, **__: object) -> None:
    """Hides a redirect from requests, which would read all of its body, however large."""
    response.headers.pop("Location", None)

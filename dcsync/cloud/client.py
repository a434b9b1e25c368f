"""An authenticated, rate-limited HTTP client for the API, safe to share between threads.

Knows URLs, tokens, retries and pagination, but not what the resources mean.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Self, TypeVar

from dcsync.cloud.attempts import Attempts
from dcsync.cloud.auth import Credentials, Token
from dcsync.cloud.clock import Clock
from dcsync.cloud.http.message import USER_AGENT, Message
from dcsync.cloud.http.sessions import refuse_retries
from dcsync.cloud.http.transport import NetworkSettings, OnCall, Transport, ignore_exchange
from dcsync.cloud.messages.secrets import Secrets
from dcsync.cloud.pace import Budget, OnWait, Pace, ignore_wait
from dcsync.cloud.paging import MOST_PAGES, collect
from dcsync.cloud.request import Request, Response
from dcsync.cloud.token_endpoint import fetch_token
from dcsync.dataclass import replace
from dcsync.errors import CredentialsRefused, InvalidResponse, NotFound, ResponseLost, ServerError

if TYPE_CHECKING:
    import requests

    from dcsync.cloud.stream import EventStream

Sent = TypeVar("Sent", Response, "EventStream")

API_URL = "https://api.disruptive-technologies.com/v2"
EMULATOR_URL = "https://emulator.disruptive-technologies.com/v2"
TIMEOUT_S = 30.0
ATTEMPTS = 4


class Client:
    """A connection pool with credentials and one rate limiter for all its calls.

    `request_timeout` is in seconds; `request_attempts` is how often a call is sent at most,
    `budget` how many calls are sent in how long. With a `session` all calls go through that, and
    `network` is ignored.
    """

    def __init__(
        self,
        auth: Credentials,
        *,
        base_url: str = API_URL,
        emulator_base_url: str = EMULATOR_URL,
        request_timeout: float = TIMEOUT_S,
        request_attempts: int = ATTEMPTS,
        connections: int = 10,
        budget: Budget | None = None,
        network: NetworkSettings | None = None,
        on_wait: OnWait = ignore_wait,
        on_call: OnCall = ignore_exchange,
        clock: Clock | None = None,
        session: requests.Session | None = None,
    ) -> None:
        self._auth = auth
        self._base_url = base_url.rstrip("/")
        self._emulator_base_url = emulator_base_url.rstrip("/")
        self._secrets = Secrets()
        self._clock = clock or Clock()
        self._attempts = Attempts(
            request_attempts, Pace(self._clock, on_wait, budget), self._clock, on_wait
        )
        self._transport = Transport(
            connections=connections,
            timeout_s=request_timeout,
            network=network or NetworkSettings(),
            clock=self._clock,
            on_call=on_call,
            session=session,
        )
        if session is not None:
            for url in (base_url, emulator_base_url):
                refuse_retries(session, url)

    def __repr__(self) -> str:
        return f"Client({self._auth!r})"

    @property
    def api_url(self) -> str:
        return self._base_url

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def call(self, request: Request, *, emulator: bool = False) -> Response:
        """The response to a call. Raises for every status but 2xx.

        A DELETE that gets a 404 after an earlier attempt may have arrived has succeeded.
        """
        base_url = self._emulator_base_url if emulator else self._base_url
        may_have_arrived = False

        def send() -> Response:
            nonlocal may_have_arrived
            try:
                return self._authorized(lambda token: self._send(request, base_url, token))
            except (ResponseLost, ServerError):
                may_have_arrived = True
                raise
            except NotFound:
                if request.method == "DELETE" and may_have_arrived:
                    return Response(204)
                raise

        return self._attempts.run(request, send)

    def get_object(self, request: Request) -> dict[str, Any]:
        """The JSON object that a call returns."""
        return self.call(request).json_object(request)

    def list_all(
        self, request: Request, key: str, most_pages: int = MOST_PAGES
    ) -> Iterator[dict[str, Any]]:
        """The objects of all pages of a listing, one call per page."""
        return collect(self.get_object, request, key, dict, most_pages)

    def list_strings(self, request: Request, key: str) -> Iterator[str]:
        """The strings of all pages of a listing of strings."""
        return collect(self.get_object, request, key, str, MOST_PAGES)

    def authorization(self) -> str:
        """The Authorization header for a call sent now."""
        authorization = self._auth.authorization(self._fetch_token, self._clock)
        self.remember((*_parts(authorization), *self._auth.secrets))
        return authorization

    def remember(self, secrets: Iterable[str]) -> None:
        """Keep these out of the error messages of all later calls."""
        self._secrets.add(secrets)

    def open_stream(self, request: Request, silence_s: float) -> EventStream:
        """One connection of an event stream; it breaks after `silence_s` seconds without data."""
        once = replace(request, repeatable=False)
        return self._attempts.run(
            once,
            lambda: self._authorized(lambda token: self._stream(once, token, silence_s)),
        )

    def back_off(self, failures: int, error: Exception) -> None:
        """Wait before a stream is reconnected; raises the error after too many failures."""
        if failures >= self._attempts.limit:
            raise error
        self._attempts.back_off(failures, error)

    def close(self) -> None:
        """Close pooled connections; a later call opens new ones."""
        self._transport.close()

    def _authorized(self, send: Callable[[str], Sent]) -> Sent:
        """Make one attempt; if the token is refused, renew it and try once more."""
        authorization = self.authorization()
        try:
            return send(authorization)
        except CredentialsRefused:
            if not self._auth.forget(authorization):
                raise
        return send(self.authorization())

    def _send(self, request: Request, base_url: str, authorization: str) -> Response:
        self.remember(request.secrets)
        return self._exchange(request, _message(request, base_url, authorization))

    def _exchange(self, request: Request, message: Message) -> Response:
        response = self._transport.send(message)
        self._check(request, response)
        return response

    def _check(self, request: Request, response: Response) -> None:
        """Raise ApiError for a status outside 2xx (docs/api.md section 3.2)."""
        if not 200 <= response.status < 300:
            from dcsync.cloud.messages.error_responses import error_of  # most runs see none

            raise error_of(request, response, self._secrets, self._clock.unix_s())

    def _stream(self, request: Request, authorization: str, silence_s: float) -> EventStream:
        from dcsync.cloud.stream import EventStream  # imports msgspec

        message = _message(request, self._base_url, authorization, encodings="identity")
        opened = self._transport.open(message, silence_s)
        if opened.status == 200:
            return EventStream(
                request,
                opened,
                self._secrets,
                on_unauthorized=partial(self._auth.forget, authorization),
                silence_s=silence_s,
                clock=self._clock,
            )
        response = self._transport.finish(message, opened)
        self._check(request, response)
        raise InvalidResponse(f"{request}: {response.status} instead of a stream")

    def _fetch_token(self, token_url: str, form: Mapping[str, str]) -> Token:
        self.remember((form["assertion"], *self._auth.secrets))
        return fetch_token(token_url, form, self._exchange)


def _message(
    request: Request, base_url: str, authorization: str, encodings: str = "gzip, deflate"
) -> Message:
    headers = {
        "User-Agent": USER_AGENT,
        "Accept": "application/json",
        "Accept-Encoding": encodings,
        "Authorization": authorization,
    }
    data = None
    if request.body is not None:
        headers["Content-Type"] = "application/json"
        data = json.dumps(request.body).encode()
    return Message(
        name=str(request),
        method=request.method,
        url=base_url + request.path,
        headers=headers,
        query=request.query,
        data=data,
    )


def _parts(authorization: str) -> tuple[str, ...]:
    """The secret part of an Authorization header."""
    return (authorization.partition(" ")[2],)

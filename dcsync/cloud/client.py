"""One authenticated, paced way to the API, safe to share between threads.

Knows URLs, tokens, attempts and pages; knows nothing of what the resources mean.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from platform import python_version
from typing import TYPE_CHECKING, Any, Self, TypeVar
from urllib.parse import urlencode, urlsplit

from dcsync import __version__
from dcsync.cloud.answers import raise_for_status
from dcsync.cloud.attempts import Attempts
from dcsync.cloud.auth import LIFETIME_S, Credentials, Token
from dcsync.cloud.clock import Clock
from dcsync.cloud.pace import OnWait, Pace, tell_nobody
from dcsync.cloud.paging import MOST_PAGES, collect
from dcsync.cloud.request import Answer, Request
from dcsync.cloud.secrets import Secrets
from dcsync.cloud.sessions import refuse_repeats
from dcsync.cloud.transport import Message, OnCall, Route, Transport, follow_nothing
from dcsync.errors import (
    AnswerInvalid,
    AnswerLost,
    ApiError,
    BadRequest,
    ConnectionFailed,
    CredentialsError,
    CredentialsRefused,
    Forbidden,
    NotFound,
    ServerError,
)

if TYPE_CHECKING:
    import requests

    from dcsync.cloud.stream import EventStream

Sent = TypeVar("Sent", Answer, "EventStream")

API_URL = "https://api.disruptive-technologies.com/v2"
EMULATOR_URL = "https://emulator.disruptive-technologies.com/v2"
TIMEOUT_S = 30.0
ATTEMPTS = 4
USER_AGENT = f"dcsync/{__version__} Python/{python_version()}"


class Client:
    """A connection pool, credentials and one pace for everything that is called through it.

    `request_timeout` is in seconds; `request_attempts` is how often a call is sent at most. With a
    `session` everything goes through that instead of connections of its own on `route`.
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
        route: Route | None = None,
        on_wait: OnWait = tell_nobody,
        on_call: OnCall = follow_nothing,
        clock: Clock | None = None,
        session: requests.Session | None = None,
    ) -> None:
        self._auth = auth
        self._base_url = base_url.rstrip("/")
        self._emulator_base_url = emulator_base_url.rstrip("/")
        self._secrets = Secrets()
        self._clock = clock or Clock()
        self._attempts = Attempts(
            request_attempts, Pace(self._clock, on_wait), self._clock, on_wait
        )
        self._transport = Transport(
            connections=connections,
            timeout_s=request_timeout,
            route=route or Route(),
            clock=self._clock,
            on_call=on_call,
            session=session,
        )
        if session is not None:
            for url in (base_url, emulator_base_url):
                refuse_repeats(session, url)

    def __repr__(self) -> str:
        return f"Client({self._auth!r})"

    @property
    def api_url(self) -> str:
        return self._base_url

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def call(self, request: Request, *, emulator: bool = False) -> Answer:
        """The answer to a call, its status a success.

        A DELETE that finds nothing, after an earlier attempt of it may have arrived, is a success.
        """
        base_url = self._emulator_base_url if emulator else self._base_url
        may_have_arrived = False

        def send() -> Answer:
            nonlocal may_have_arrived
            try:
                return self._authorized(lambda token: self._send(request, base_url, token))
            except (AnswerLost, ServerError):
                may_have_arrived = True
                raise
            except NotFound:
                if request.method == "DELETE" and may_have_arrived:
                    return Answer(204)
                raise

        return self._attempts.run(request, send)

    def get_object(self, request: Request) -> dict[str, Any]:
        """The JSON object that a call answers with."""
        return self.call(request).json_object(request)

    def list_all(
        self, request: Request, key: str, most_pages: int = MOST_PAGES
    ) -> Iterator[dict[str, Any]]:
        """The objects of every page of a listing, a call per page."""
        return collect(self.get_object, request, key, dict, most_pages)

    def list_strings(self, request: Request, key: str) -> Iterator[str]:
        """The strings of every page of a listing that has no objects."""
        return collect(self.get_object, request, key, str, MOST_PAGES)

    def authorization(self) -> str:
        """The Authorization header's value that a call sent now would have."""
        authorization = self._auth.authorization(self._exchange, self._clock)
        self.remember((*_parts(authorization), *self._auth.secrets))
        return authorization

    def remember(self, secrets: Iterable[str]) -> None:
        """From now on no error repeats these, whichever call it is of."""
        self._secrets.add(secrets)

    def open_stream(self, request: Request, silence_s: float) -> EventStream:
        """One connection of an event stream, broken by a silence of `silence_s` seconds."""
        once = replace(request, repeatable=False)
        return self._attempts.run(
            once,
            lambda: self._authorized(lambda token: self._stream(once, token, silence_s)),
        )

    def back_off(self, troubles: int, error: Exception) -> None:
        """Wait before a stream is opened again; the error itself once there were too many."""
        if troubles >= self._attempts.limit:
            raise error
        self._attempts.back_off(troubles, error)

    def close(self) -> None:
        """Let the kept connections go; a later call opens new ones."""
        self._transport.close()

    def _authorized(self, send: Callable[[str], Sent]) -> Sent:
        """One attempt; a refused token is renewed for one more."""
        authorization = self.authorization()
        try:
            return send(authorization)
        except CredentialsRefused:
            if not self._auth.forget(authorization):
                raise
        return send(self.authorization())

    def _send(self, request: Request, base_url: str, authorization: str) -> Answer:
        self.remember(request.secrets)
        answer = self._transport.send(_message(request, base_url, authorization))
        raise_for_status(request, answer, self._secrets, self._clock.unix_s())
        return answer

    def _stream(self, request: Request, authorization: str, silence_s: float) -> EventStream:
        from dcsync.cloud.stream import EventStream  # with a JSON decoder of its own

        message = _message(request, self._base_url, authorization, encodings="identity")
        response = self._transport.open(message, silence_s)
        if response.status == 200:
            return EventStream(
                request,
                response,
                self._secrets,
                on_unauthorized=partial(self._auth.forget, authorization),
                silence_s=silence_s,
                clock=self._clock,
            )
        answer = self._transport.finish(message, response)
        raise_for_status(request, answer, self._secrets, self._clock.unix_s())
        raise AnswerInvalid(f"{request}: {answer.status} instead of a stream")

    def _exchange(self, token_url: str, form: Mapping[str, str]) -> Token:
        """A token for the form. Trouble with it says nothing of the call that wants it: that was
        never sent, and is attempted again with a new token request."""
        request = Request("POST", urlsplit(token_url).path)
        self.remember((form["assertion"], *self._auth.secrets))
        message = Message(
            name="token request",
            method="POST",
            url=token_url,
            headers={
                "User-Agent": USER_AGENT,
                "Content-Type": "application/x-www-form-urlencoded",
                "Accept": "application/json",
            },
            data=urlencode(form).encode(),
        )
        try:
            answer = self._transport.send(message)
            raise_for_status(request, answer, self._secrets, self._clock.unix_s())
        except (BadRequest, CredentialsRefused, Forbidden) as error:
            raise _refused(request, error) from None
        except NotFound:
            raise CredentialsError(
                f"there is no token endpoint at {urlsplit(token_url).netloc}{request.path};"
                " check DCSYNC_TOKEN_URL or --token-url"
            ) from None
        except (AnswerLost, ServerError) as error:
            raise ConnectionFailed(f"no token: {error}") from None
        return _token(request, answer)


def _refused(request: Request, error: ApiError) -> CredentialsRefused:
    """400 is how OAuth2 says that credentials are wrong (RFC 6749 section 5.2)."""
    return CredentialsRefused(
        f"the token endpoint refuses the service account: {error.message}; check its key id,"
        " secret and e-mail, and this machine's clock",
        method=request.method,
        path=request.path,
        status=error.status,
    )


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


def _token(request: Request, answer: Answer) -> Token:
    body = answer.json_object(request)
    value = body.get("access_token")
    if not isinstance(value, str) or not _USABLE_TOKEN(value):
        raise AnswerInvalid(f"{request}: the response holds no usable access_token")
    lifetime_s = _lifetime_s(body.get("expires_in"))
    if lifetime_s is None:
        raise AnswerInvalid(f"{request}: the response holds no usable expires_in")
    return Token(value, lifetime_s)


_USABLE_TOKEN = re.compile(r"[!-~]{1,16384}").fullmatch
_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?").fullmatch


def _lifetime_s(value: object) -> float | None:
    """Seconds, as a number or a string; None for what is none."""
    if value is None:
        return float(LIFETIME_S)
    is_number = isinstance(value, int | float | str) and not isinstance(value, bool)
    return float(str(value)) if is_number and _SECONDS(str(value)) else None

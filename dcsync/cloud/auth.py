"""Credentials: a service account's token, or its key itself (docs/api.md section 2).

Tokens are fetched on first use, once for all threads. Nothing here reads the environment.
"""

from __future__ import annotations

import threading
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Protocol

from dcsync.cloud.clock import Clock
from dcsync.dataclass import dataclass
from dcsync.errors import CredentialsError
from dcsync.signed_tokens import hs256

TOKEN_URL = "https://identity.disruptive-technologies.com/oauth2/token"  # noqa: S105 - an address
GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LIFETIME_S = 3600
EARLY_S = 60.0
"""A token is renewed this long before it expires, or a tenth of its lifetime if that is less."""

MISSING = (
    "no credentials: set DT_SERVICE_ACCOUNT_KEY_ID, DT_SERVICE_ACCOUNT_SECRET and"
    " DT_SERVICE_ACCOUNT_EMAIL, or DT_CREDENTIALS_FILE"
)


@dataclass(frozen=True, slots=True)
class Token:
    """What the token endpoint returns."""

    value: str
    lifetime_s: float

    def __repr__(self) -> str:
        return f"Token(lifetime_s={self.lifetime_s:g})"


FetchToken = Callable[[str, Mapping[str, str]], Token]
"""Sends a form to the token endpoint at a URL and returns the token."""


class Credentials(Protocol):
    """What a client needs from credentials."""

    def authorization(self, exchange: FetchToken, clock: Clock) -> str:
        """The Authorization header's value."""

    def forget(self, authorization: str) -> bool:
        """Discard a value that the server refused; returns whether a new one may be requested."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """Strings that no error message may repeat."""

    def __hash__(self) -> int:
        """By identity: clients are cached by their credentials."""


class Unauthenticated:
    """No credentials: calls fail with what to set."""

    secrets = ()

    def authorization(self, exchange: FetchToken, clock: Clock) -> str:  # noqa: ARG002 - the protocol's
        raise CredentialsError(MISSING)

    def forget(self, authorization: str) -> bool:  # noqa: ARG002 - the protocol's
        return False


class BasicAuth:
    """Sends key id and secret with every call; the service account must allow it (section 2.2)."""

    def __init__(self, key_id: str, secret: str) -> None:
        self.key_id = key_id
        self.secrets = (secret,)
        self._authorization = f"Basic {b64encode(f'{key_id}:{secret}'.encode()).decode()}"

    def __repr__(self) -> str:
        return f"BasicAuth(key_id={self.key_id!r})"

    def authorization(self, exchange: FetchToken, clock: Clock) -> str:  # noqa: ARG002 - the protocol's
        return self._authorization

    def forget(self, authorization: str) -> bool:  # noqa: ARG002 - the protocol's
        return False


class ServiceAccountAuth:
    """Exchanges a signed JWT for a token that is valid for an hour (section 2.1, RFC 7523)."""

    def __init__(
        self, key_id: str, secret: str, email: str, token_endpoint: str = TOKEN_URL
    ) -> None:
        self.key_id = key_id
        self.email = email
        self.token_endpoint = token_endpoint
        self.secrets = (secret,)
        self._secret = secret
        self._lock = threading.Lock()
        self._current: tuple[str, float] = ("", float("-inf"))

    def __repr__(self) -> str:
        return f"ServiceAccountAuth(key_id={self.key_id!r}, email={self.email!r})"

    def authorization(self, exchange: FetchToken, clock: Clock) -> str:
        """`Bearer …`; the first thread that finds it expired renews it, the others wait."""
        if value := self._valid(clock):
            return value
        with self._lock:
            return self._valid(clock) or self._renew(exchange, clock)

    def forget(self, authorization: str) -> bool:
        """Discard this token, unless another thread has replaced it already."""
        with self._lock:
            if self._current[0] == authorization:
                self._current = ("", float("-inf"))
        return True

    def _valid(self, clock: Clock) -> str:
        value, until_s = self._current
        return value if clock.now_s() < until_s else ""

    def _renew(self, exchange: FetchToken, clock: Clock) -> str:
        form = {"assertion": self._assertion(int(clock.unix_s())), "grant_type": GRANT_TYPE}
        token = exchange(self.token_endpoint, form)
        early_s = min(EARLY_S, token.lifetime_s / 10)
        value = f"Bearer {token.value}"
        self._current = (value, clock.now_s() + token.lifetime_s - early_s)
        return value

    def _assertion(self, now_s: int) -> str:
        """The signed claims, exactly those of section 2.1."""
        claims = {
            "iat": now_s,
            "exp": now_s + LIFETIME_S,
            "aud": self.token_endpoint,
            "iss": self.email,
        }
        return hs256(claims, self._secret, {"kid": self.key_id})

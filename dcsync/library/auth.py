"""`dt.Auth`: the credentials of the library. Reads the environment only when asked to."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from dcsync.cloud import auth
from dcsync.cloud.auth import TOKEN_URL
from dcsync.cloud.connect import credentials
from dcsync.errors import ConfigurationError
from dcsync.library.configuration import client_with


class Authentication:
    """Methods common to all credentials of `dt.Auth`."""

    def get_token(self: auth.Credentials) -> str:
        """The Authorization header's value: a valid `Bearer …`, fetched if necessary, or `Basic …`.

        Unauthorized if there are no credentials, or the token endpoint refuses them.
        """
        return client_with(self).authorization()


class Unauthenticated(Authentication, auth.Unauthenticated):
    """No credentials: every call raises a CredentialsError that says what to set."""

    def refresh(self) -> None:
        """Raise CredentialsError: there is nothing to get a token with."""
        self.get_token()


class BasicAuth(Authentication, auth.BasicAuth):
    """Sends key id and secret with every call."""

    def refresh(self) -> None:
        """Do nothing: Basic Auth does not expire."""


class ServiceAccountAuth(Authentication, auth.ServiceAccountAuth):
    """A service account with OAuth2; caches its token and renews it before it expires.

    Neither repr nor str shows the secret. `token_endpoint` may be assigned.
    """

    supported_algorithms: ClassVar[list[str]] = ["HS256"]

    @property
    def secret(self) -> str:
        """The key's secret, in plain text."""
        return self._secret

    @property
    def algorithm(self) -> str:
        """What signs token requests; ConfigurationError for one that is not supported."""
        return self.supported_algorithms[0]

    @algorithm.setter
    def algorithm(self, algorithm: str) -> None:
        if algorithm not in self.supported_algorithms:
            known = ", ".join(self.supported_algorithms)
            raise ConfigurationError(f"algorithm {algorithm!r} is not supported; use {known}")

    def refresh(self) -> None:
        """Request a new token now, even if the current one is valid."""
        self.forget(self._current[0])
        self.get_token()

    @classmethod
    def from_credentials_file(cls, credentials: Mapping[str, Any]) -> Self:
        """From the content of a credentials file, which must have all five fields (section 1).

        ConfigurationError names the first one that is missing.
        """
        account = credentials["serviceAccount"]
        for name in ("keyId", "secret", "email", "algorithm", "tokenEndpoint"):
            if name not in account:
                raise ConfigurationError(f"the credentials file has no serviceAccount.{name}")
        made = cls(account["keyId"], account["secret"], account["email"], account["tokenEndpoint"])
        made.algorithm = account["algorithm"]
        return made


class Auth:
    """Creates the values for `dt.default_auth` and `auth=`; a namespace only.

    They cache their token, so use the same object for all calls. None of them shows its secret.
    """

    @staticmethod
    def service_account(
        key_id: str, secret: str, email: str, token_endpoint: str | None = None
    ) -> ServiceAccountAuth:
        """A service account with OAuth2 (docs/api.md section 2.1); nothing is sent yet.

        `token_endpoint` is a URL, by default DCSYNC_TOKEN_URL or else DT's. TypeError for anything
        but strings, ConfigurationError for an empty one, which is often an unset variable.
        """
        _check(key_id=key_id, secret=secret, email=email)
        url = token_endpoint or os.environ.get("DCSYNC_TOKEN_URL") or TOKEN_URL
        return ServiceAccountAuth(key_id, secret, email, url)

    @staticmethod
    def basic(key_id: str, secret: str) -> BasicAuth:
        """Basic Auth, for service accounts that allow it (docs/api.md section 2.2)."""
        _check(key_id=key_id, secret=secret)
        return BasicAuth(key_id, secret)

    @staticmethod
    def unauthenticated() -> Unauthenticated:
        """No credentials: every call raises a CredentialsError that says what to set."""
        return Unauthenticated()

    @staticmethod
    def init() -> ServiceAccountAuth | BasicAuth | Unauthenticated:
        """The credentials in DT_CREDENTIALS_FILE or DT_SERVICE_ACCOUNT_*; `unauthenticated` if
        unset.

        CredentialsError for a file that cannot be read; a missing one is a FileNotFoundError, too.
        """
        names = ("DT_CREDENTIALS_FILE", "DT_SERVICE_ACCOUNT_KEY_ID", "DT_SERVICE_ACCOUNT_SECRET")
        if not any(os.environ.get(name) for name in names):
            return Unauthenticated()
        return _with_members(credentials(os.environ, os.environ.get("DCSYNC_TOKEN_URL") or None))


def _with_members(found: auth.Credentials) -> ServiceAccountAuth | BasicAuth | Unauthenticated:
    """The library's class for the credentials of `cloud`."""
    match found:
        case auth.ServiceAccountAuth():
            (secret,) = found.secrets
            return ServiceAccountAuth(found.key_id, secret, found.email, found.token_endpoint)
        case auth.BasicAuth():
            (secret,) = found.secrets
            return BasicAuth(found.key_id, secret)
        case _:
            return Unauthenticated()


def _check(**given: str) -> None:
    for name, value in given.items():
        if not isinstance(value, str):
            raise TypeError(f"{name} must be a string, not {type(value).__name__}")
        if not value:
            raise ConfigurationError(f"{name} is empty: is its environment variable set?")

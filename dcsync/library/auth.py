"""`dt.Auth`: where the library's credentials come from. Reads the environment when asked to."""

from __future__ import annotations

import os

from dcsync.cloud.auth import (
    TOKEN_URL,
    BasicAuth,
    Credentials,
    ServiceAccountAuth,
    Unauthenticated,
)
from dcsync.cloud.connect import credentials
from dcsync.errors import ConfigurationError


class Auth:
    """Makes the objects that `dt.default_auth` and `auth=` take; for namespacing only.

    They keep their token, so give the same one to all calls. None of them shows its secret.
    """

    @staticmethod
    def service_account(
        key_id: str, secret: str, email: str, token_endpoint: str | None = None
    ) -> ServiceAccountAuth:
        """A service account with OAuth2 (dt-api.md section 2.1); nothing is sent yet.

        `token_endpoint` is a URL, by default DCSYNC_TOKEN_URL or else DT's. TypeError for what is
        no string, ConfigurationError for an empty one: a variable that is not set is best noticed
        here.
        """
        _check(key_id=key_id, secret=secret, email=email)
        url = token_endpoint or os.environ.get("DCSYNC_TOKEN_URL") or TOKEN_URL
        return ServiceAccountAuth(key_id, secret, email, url)

    @staticmethod
    def basic(key_id: str, secret: str) -> BasicAuth:
        """Basic Auth, for service accounts that allow it (dt-api.md section 2.2)."""
        _check(key_id=key_id, secret=secret)
        return BasicAuth(key_id, secret)

    @staticmethod
    def unauthenticated() -> Unauthenticated:
        """Nobody: every call is a CredentialsError that says what to set."""
        return Unauthenticated()

    @staticmethod
    def init() -> Credentials:
        """What DT_CREDENTIALS_FILE or DT_SERVICE_ACCOUNT_* hold now; `unauthenticated` if nothing.

        CredentialsError for a file that cannot be read.
        """
        names = ("DT_CREDENTIALS_FILE", "DT_SERVICE_ACCOUNT_KEY_ID", "DT_SERVICE_ACCOUNT_SECRET")
        if not any(os.environ.get(name) for name in names):
            return Unauthenticated()
        return credentials(os.environ, os.environ.get("DCSYNC_TOKEN_URL") or None)


def _check(**given: str) -> None:
    for name, value in given.items():
        if not isinstance(value, str):
            raise TypeError(f"{name} must be a text, not {type(value).__name__}")
        if not value:
            raise ConfigurationError(f"{name} is empty: is its environment variable set?")

"""Chooses the client of a call from the module attributes of `dcsync` and four keywords.

The only module that uses those attributes. Equal settings share one client, and so connections,
tokens and the wait after a 429.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, ClassVar, TypedDict

import dcsync
from dcsync.cloud.auth import Credentials
from dcsync.cloud.client import Client
from dcsync.cloud.connect import checked_url, network_settings
from dcsync.cloud.request import Request, Response
from dcsync.errors import CloudError, ConfigurationError
from dcsync.library import log

_creating = threading.Lock()

CONNECTIONS = 32
"""Concurrent calls per client of the library; more threads wait."""


class Configuration(TypedDict, total=False):
    """The configuration keywords that every call takes."""

    auth: Credentials
    """Overrides `dt.default_auth`."""
    base_url: str
    """Overrides `dt.base_url` (`dt.emulator_base_url` for calls of `dt.Emulator`)."""
    request_timeout: float
    """Seconds per attempt; overrides `dt.request_timeout`."""
    request_attempts: int
    """Maximum number of attempts; overrides `dt.request_attempts`."""


class _LoggingClient(Client):
    """Logs errors before they are raised."""

    def call(self, request: Request, *, emulator: bool = False) -> Response:
        try:
            return super().call(request, emulator=emulator)
        except CloudError as error:
            log.error(error)
            raise


class Resource:
    """Base of the library's resources; a `Client` sets `_client` in its own subclasses."""

    _client: ClassVar[Client | None] = None

    @classmethod
    def client_of(cls, configuration: Mapping[str, Any]) -> Client:
        """The client for a call's keywords; TypeError for an unknown one."""
        known = () if cls._client else Configuration.__annotations__
        for name in configuration:
            if name not in known:
                raise TypeError(f"unexpected keyword argument {name!r}")
        return cls._client or _client_of(configuration)


def _client_of(configuration: Mapping[str, Any]) -> Client:
    settings = {name: value for name, value in configuration.items() if value is not None}
    base_url = settings.get("base_url")
    with _creating:  # otherwise concurrent threads could create several
        return _shared(
            settings.get("auth") or dcsync.default_auth,
            base_url or dcsync.base_url,
            base_url or dcsync.emulator_base_url,
            settings.get("request_timeout", dcsync.request_timeout),
            settings.get("request_attempts", dcsync.request_attempts),
        )


@lru_cache(maxsize=32)
def _shared(
    auth: Credentials, base_url: str, emulator_base_url: str, timeout_s: float, attempts: int
) -> Client:
    check(base_url, emulator_base_url, timeout_s, attempts)
    return _LoggingClient(
        auth,
        base_url=base_url,
        emulator_base_url=emulator_base_url,
        request_timeout=timeout_s,
        request_attempts=attempts,
        connections=CONNECTIONS,
        network=network_settings(os.environ),
        on_wait=log.wait,
        on_call=log.call,
    )


def client_with(auth: Credentials) -> Client:
    """The client for these credentials and the module's settings."""
    return _client_of({"auth": auth})


def forget() -> None:
    """Drop the shared clients and their connections."""
    _shared.cache_clear()


def check(base_url: str, emulator_base_url: str, timeout_s: float, attempts: int) -> None:
    """Raise ConfigurationError for invalid settings."""
    checked_url(base_url, "API")
    checked_url(emulator_base_url, "emulator")
    if not timeout_s > 0:
        raise ConfigurationError(f"request_timeout is {timeout_s}, but must be seconds above 0")
    if not attempts >= 1:
        raise ConfigurationError(f"request_attempts is {attempts}, but must be 1 or more")

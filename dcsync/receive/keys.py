"""The public keys of issuers, found by discovery and cached.

Keys rotate, so an unknown key is looked up again, but at a limited rate.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Mapping
from typing import Any

import jwt

from dcsync.dataclass import dataclass, field
from dcsync.loopback import is_loopback_url

MAX_AGE_S = 3600.0
KEPT_S = 86_400.0
"""How long cached keys of an unreachable issuer remain valid."""
RETRY_S = 5.0
"""The minimum interval between failed look-ups of an unknown key or an unreachable issuer."""

_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[::1\]"
_URL = re.compile(rf"(https?://(?:{_HOST})(?::[0-9]{{1,5}})?)(/[A-Za-z0-9._~/-]*)?")
"""Of an issuer or its keys: no part of it can be read in two ways."""


class KeysUnavailable(Exception):
    """The issuer's keys cannot be fetched now, or none is usable."""


def issuer_problem(url: str) -> str | None:
    """Why a URL cannot be an issuer, or None."""
    match = _URL.fullmatch(url)
    if match is None or ".." in url:
        return "must look like https://host/path, without a user, query, fragment or escapes"
    if match[1].startswith("http:") and not is_loopback_url(url):
        return "must be https (http is only for localhost)"
    return None


@dataclass(slots=True)
class _Published:
    keys: Mapping[str, Any] = field(default_factory=dict)
    fetched_s: float = float("-inf")
    failed_s: float = float("-inf")
    failure: str = ""
    refreshing: threading.Lock = field(default_factory=threading.Lock)


class KeyRing:
    """Keys by issuer and key id; safe to share between threads.

    To be used for trusted issuers only: it sends requests to the issuer it is given.
    """

    def __init__(self, fetch: Callable[[str], bytes], now_s: Callable[[], float]) -> None:
        self._fetch = fetch
        self._now_s = now_s
        self._published: dict[str, _Published] = {}
        self._lock = threading.Lock()

    def key(self, issuer: str, kid: str) -> Any:
        """The key; None if the issuer has none with this id. KeysUnavailable if that is unknown."""
        with self._lock:
            published = self._published.setdefault(issuer, _Published())
        if self._needs_refresh(kid, published):
            with published.refreshing:  # one thread fetches, the others wait and use the result
                if self._needs_refresh(kid, published):
                    self._refresh(issuer, kid, published)
        if not published.keys or self._now_s() >= published.fetched_s + KEPT_S:
            raise KeysUnavailable(published.failure)
        return published.keys.get(kid)

    def _needs_refresh(self, kid: str, published: _Published) -> bool:
        now_s = self._now_s()
        is_stale = now_s >= published.fetched_s + MAX_AGE_S
        return (is_stale or kid not in published.keys) and now_s >= published.failed_s + RETRY_S

    def _refresh(self, issuer: str, kid: str, published: _Published) -> None:
        try:
            published.keys = _keys(issuer, self._fetch)
            published.fetched_s = self._now_s()
        except KeysUnavailable as error:
            published.failure = str(error)
            published.failed_s = self._now_s()
        if kid not in published.keys:
            published.failed_s = self._now_s()


def _keys(issuer: str, fetch: Callable[[str], bytes]) -> dict[str, Any]:
    """Every usable P-256 key by its id, found by discovery (docs/api.md section 9.2)."""
    url = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
    discovery = _object(fetch(url), issuer)
    if discovery.get("issuer") != issuer:
        raise KeysUnavailable(f"{issuer} publishes the discovery document of another issuer")
    jwks_uri = discovery.get("jwks_uri")
    if not isinstance(jwks_uri, str) or _origin(jwks_uri) != _origin(issuer):
        raise KeysUnavailable(f"{issuer} names no jwks_uri on its own origin")
    listed = _object(fetch(jwks_uri), issuer).get("keys")
    keys = [_key(each) for each in (listed if isinstance(listed, list) else [])]
    found = dict(each for each in keys if each is not None)
    if not found:
        raise KeysUnavailable(f"{issuer} publishes no usable key")
    return found


def _origin(url: str) -> str | None:
    """Scheme, host and port as written; None for a URL that is not plain."""
    match = _URL.fullmatch(url)
    return match[1] if match and not issuer_problem(url) else None


def _key(entry: Any) -> tuple[str, Any] | None:
    """A P-256 key for signatures, with its id; None for any other key."""
    if not isinstance(entry, dict) or (entry.get("kty"), entry.get("crv")) != ("EC", "P-256"):
        return None
    if entry.get("use", "sig") != "sig" or entry.get("alg", "ES256") != "ES256":
        return None
    try:
        return str(entry["kid"]), jwt.PyJWK(entry, algorithm="ES256").key
    except (jwt.PyJWTError, KeyError, ValueError, TypeError):
        return None


def _object(body: bytes, issuer: str) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise KeysUnavailable(f"{issuer} returned something other than JSON")
    return content

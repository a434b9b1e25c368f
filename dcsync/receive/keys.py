"""The public keys of those who sign, found by discovery and kept. Fetches through what it is given.

Keys rotate: one that is not known is looked for again, but never more often than is useful.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt

from dcsync.loopback import is_loopback_url

MAX_AGE_S = 3600.0
KEPT_S = 86_400.0
"""Keys of an issuer that is out of reach are good for so long."""
RETRY_S = 5.0
"""After a look in vain, unknown keys and unreachable issuers are left alone for so long."""

_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[::1\]"
_URL = re.compile(rf"(https?://(?:{_HOST})(?::[0-9]{{1,5}})?)(/[A-Za-z0-9._~/-]*)?")
"""Of an issuer or its keys: nothing in it that two parsers could read differently."""


class KeysUnavailable(Exception):
    """The issuer's keys cannot be had now, or are none."""


def problem_with_issuer(url: str) -> str | None:
    """Why a URL cannot be an issuer, or None."""
    match = _URL.fullmatch(url)
    if match is None or ".." in url:
        return "must look like https://host/path, without a user, query, fragment or escapes"
    if match[1].startswith("http:") and not is_loopback_url(url):
        return "must be https (http is only for this machine)"
    return None


@dataclass(slots=True)
class _Published:
    keys: Mapping[str, Any] = field(default_factory=dict)
    fetched_s: float = float("-inf")
    vain_s: float = float("-inf")
    fault: str = ""
    renewing: threading.Lock = field(default_factory=threading.Lock)


class KeyRing:
    """Keys by issuer and kid; safe to share between threads.

    Asked for trusted issuers only: it sends requests to whom it is asked about.
    """

    def __init__(self, fetch: Callable[[str], bytes], now_s: Callable[[], float]) -> None:
        self._fetch = fetch
        self._now_s = now_s
        self._published: dict[str, _Published] = {}
        self._lock = threading.Lock()

    def key(self, issuer: str, kid: str) -> Any:
        """The key; None where the issuer has none of this kid. KeysUnavailable otherwise."""
        with self._lock:
            published = self._published.setdefault(issuer, _Published())
        if self._wants(kid, published):
            with published.renewing:  # one looks; the others wait, and use what it found
                if self._wants(kid, published):
                    self._renew(issuer, kid, published)
        if not published.keys or self._now_s() >= published.fetched_s + KEPT_S:
            raise KeysUnavailable(published.fault)
        return published.keys.get(kid)

    def _wants(self, kid: str, published: _Published) -> bool:
        now_s = self._now_s()
        is_stale = now_s >= published.fetched_s + MAX_AGE_S
        return (is_stale or kid not in published.keys) and now_s >= published.vain_s + RETRY_S

    def _renew(self, issuer: str, kid: str, published: _Published) -> None:
        try:
            published.keys = _keys(issuer, self._fetch)
            published.fetched_s = self._now_s()
        except KeysUnavailable as error:
            published.fault = str(error)
            published.vain_s = self._now_s()
        if kid not in published.keys:
            published.vain_s = self._now_s()


def _keys(issuer: str, fetch: Callable[[str], bytes]) -> dict[str, Any]:
    """Discovery, then the key set: every usable P-256 key by its kid (docs/api.md section 9.2)."""
    url = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
    discovery = _object(fetch(url), issuer)
    if discovery.get("issuer") != issuer:
        raise KeysUnavailable(f"{issuer} publishes the discovery document of another issuer")
    jwks_uri = discovery.get("jwks_uri")
    if not isinstance(jwks_uri, str) or _origin(jwks_uri) != _origin(issuer):
        raise KeysUnavailable(f"{issuer} names no jwks_uri of its own origin")
    listed = _object(fetch(jwks_uri), issuer).get("keys")
    keys = [_key(each) for each in (listed if isinstance(listed, list) else [])]
    found = dict(each for each in keys if each is not None)
    if not found:
        raise KeysUnavailable(f"{issuer} publishes no usable key")
    return found


def _origin(url: str) -> str | None:
    """Scheme, host and port as they are written; None for a URL that is not plain."""
    match = _URL.fullmatch(url)
    return match[1] if match and not problem_with_issuer(url) else None


def _key(entry: Any) -> tuple[str, Any] | None:
    """A P-256 key that is meant for signatures, with its kid."""
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
        raise KeysUnavailable(f"{issuer} answers with something else than JSON")
    return content

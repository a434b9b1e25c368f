"""The public keys of those who sign, found by discovery and kept. Fetches through what it is given.

Keys rotate: one that is not known is looked for again, but never more often than is useful.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import jwt

MAX_AGE_S = 3600.0
RETRY_S = 5.0
"""After a look in vain, unknown keys and unreachable issuers are left alone for so long."""
MOST_ISSUERS = 8

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class KeysUnavailable(Exception):
    """The issuer's keys cannot be had now, or are none."""


@dataclass(slots=True)
class _Published:
    keys: Mapping[str, Any] = field(default_factory=dict)
    fetched_s: float = float("-inf")
    vain_s: float = float("-inf")
    fault: str = ""


class KeyRing:
    """Keys by issuer and kid; safe to share between threads."""

    def __init__(self, fetch: Callable[[str], bytes], now_s: Callable[[], float]) -> None:
        self._fetch = fetch
        self._now_s = now_s
        self._published: dict[str, _Published] = {}
        self._lock = threading.Lock()

    def key(self, issuer: str, kid: str) -> Any:
        """The key; None where the issuer has none of this kid. KeysUnavailable otherwise."""
        with self._lock:
            published = self._published.setdefault(issuer, _Published())
            if len(self._published) > MOST_ISSUERS:
                del self._published[next(iter(self._published))]
            is_stale = self._now_s() >= published.fetched_s + MAX_AGE_S
            may_ask = self._now_s() >= published.vain_s + RETRY_S
            if (is_stale or kid not in published.keys) and may_ask:
                self._renew(issuer, kid, published)
            if not published.keys:
                raise KeysUnavailable(published.fault)
            return published.keys.get(kid)

    def _renew(self, issuer: str, kid: str, published: _Published) -> None:
        now_s = self._now_s()
        try:
            published.keys = _keys(issuer, self._fetch)
            published.fetched_s = now_s
        except KeysUnavailable as error:
            published.fault = str(error)
        if kid not in published.keys:
            published.vain_s = now_s


def is_loopback(url: str) -> bool:
    """Whether the URL is of this machine."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and parts.hostname in LOOPBACK


def _keys(issuer: str, fetch: Callable[[str], bytes]) -> dict[str, Any]:
    """Discovery, then the key set: every usable P-256 key by its kid (dt-api.md section 9.2)."""
    discovery = _object(fetch(f"{issuer}/.well-known/openid-configuration"), issuer)
    if discovery.get("issuer") != issuer:
        raise KeysUnavailable(f"{issuer} publishes the discovery document of another issuer")
    jwks_uri = str(discovery.get("jwks_uri") or "")
    if not jwks_uri.startswith("https://") and not (is_loopback(issuer) and is_loopback(jwks_uri)):
        raise KeysUnavailable(f"{issuer} names no jwks_uri that can be trusted")
    listed = _object(fetch(jwks_uri), issuer).get("keys")
    keys = [_key(each) for each in (listed if isinstance(listed, list) else [])]
    found = dict(each for each in keys if each is not None)
    if not found:
        raise KeysUnavailable(f"{issuer} publishes no usable key")
    return found


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

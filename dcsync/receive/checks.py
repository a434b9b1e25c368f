"""The results of a signature check, and the checks of a token's header and claims."""

from __future__ import annotations

import hashlib
import hmac
import json
import math
import re
from base64 import urlsafe_b64decode
from collections.abc import Iterator, Mapping
from typing import Any

from dcsync.dataclass import dataclass, field

LEEWAY_S = 10
"""Allowed clock difference between the sender and this machine."""

_LONGEST_TOKEN = 8192
_TOKEN = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]*)")
_CHECKSUMS = {"checksum_sha256": hashlib.sha256, "checksum": hashlib.sha1}
"""Each checksum claim, in hexadecimal over the raw body (docs/api.md section 9.2)."""


@dataclass(frozen=True, slots=True)
class Verified:
    """Signed by the expected sender; `signer` names the matching secret if there are several."""

    signer: str = ""
    expired: str = ""
    """How long ago it expired, where expired tokens are accepted."""


@dataclass(frozen=True, slots=True)
class Invalid:
    """Not what was signed, or not signed by the expected sender: all reasons."""

    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Untrusted:
    """Signed by an issuer that is not trusted: worth no more than no signature."""

    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unverifiable:
    """It cannot be checked now, because the keys are unavailable."""

    reason: str


CheckedSignature = Verified | Invalid | Untrusted | Unverifiable


@dataclass(frozen=True, slots=True)
class UnverifiedToken:
    """A parsed JSON Web Token whose signature has not been checked."""

    text: str = field(repr=False)
    header: Mapping[str, Any]
    claims: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ExpiryCheck:
    """The current time in Unix seconds, and whether expired tokens are rejected."""

    now_s: float
    rejects_expired: bool = True


def parse(text: str) -> UnverifiedToken | None:
    """A token in compact form; None for anything else, and for one that is too long."""
    match = _TOKEN.fullmatch(text) if len(text) <= _LONGEST_TOKEN else None
    if match is None:
        return None
    try:
        header, claims = (json.loads(_decoded(part)) for part in match.groups()[:2])
    except (ValueError, RecursionError):
        return None
    if not isinstance(header, dict) or not isinstance(claims, dict):
        return None
    return UnverifiedToken(text, header, claims)


def header_problems(token: UnverifiedToken, algorithm: str) -> Iterator[str]:
    """What is wrong with the token's header; we choose the algorithm, not the token."""
    if token.header.get("alg") != algorithm:
        yield "the signature's algorithm is not allowed"
    if "crit" in token.header or "b64" in token.header:
        yield "the signature requires an unknown extension"


def claim_problems(
    token: UnverifiedToken, body: bytes, checksums: tuple[str, ...], expiry: ExpiryCheck
) -> list[str]:
    """All reasons why the claims do not match the body and the time."""
    return [
        *_checksum_problems(token.claims, body, checksums),
        *_time_problems(token.claims, expiry),
    ]


def expiry_message(claims: Mapping[str, Any], expiry: ExpiryCheck) -> str:
    """How long ago the token expired, "" if it has not."""
    expires_s = _time_of(claims, "exp")
    if expires_s is None or expiry.now_s <= expires_s + LEEWAY_S:
        return ""
    return f"expired {_ago(expiry.now_s - expires_s)} ago"


def _checksum_problems(
    claims: Mapping[str, Any], body: bytes, names: tuple[str, ...]
) -> Iterator[str]:
    """Every checksum claim must match, and there must be at least one."""
    signed = [name for name in names if name in claims]
    if not signed:
        yield f"the signature has no {names[0]}"
    for name in signed:
        expected = _CHECKSUMS[name](body).hexdigest()
        value = claims[name]
        if not isinstance(value, str) or not hmac.compare_digest(value.encode(), expected.encode()):
            yield f"{name} differs: this is not the body that was signed"


def _time_problems(claims: Mapping[str, Any], expiry: ExpiryCheck) -> Iterator[str]:
    for name in ("exp", "iat"):
        if name not in claims:
            yield f"the signature has no {name}"
        elif _time_of(claims, name) is None:
            yield f"{name} is not a time"
    expired = expiry_message(claims, expiry)
    if expired and expiry.rejects_expired:
        yield expired
    for name in ("iat", "nbf"):
        begins_s = _time_of(claims, name)
        if begins_s is not None and begins_s > expiry.now_s + LEEWAY_S:
            yield f"signed {_ago(begins_s - expiry.now_s)} in the future"


def _time_of(claims: Mapping[str, Any], name: str) -> float | None:
    """The claim as a plausible Unix time; None otherwise."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= 1e12 else None


def _ago(seconds: float) -> str:
    for size_s, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size_s:
            return f"{seconds // size_s:.0f} {unit}"
    return f"{math.ceil(seconds)} s"


def _decoded(part: str) -> str:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode("utf-8")

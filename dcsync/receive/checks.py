"""What can be said of a signature, and what a token says once its key was found."""

from __future__ import annotations

import hashlib
import hmac
import json
import math
import re
from base64 import urlsafe_b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

LEEWAY_S = 10
"""How far the sender's clock may be from ours."""

_LONGEST_TOKEN = 8192
_TOKEN = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]*)")
_CHECKSUMS = {"checksum_sha256": hashlib.sha256, "checksum": hashlib.sha1}
"""Each checksum claim, in hexadecimal over the raw body (docs/api.md section 9.2)."""


@dataclass(frozen=True, slots=True)
class Good:
    """Signed by who it should be: `signer` names the secret that fits, where there is a choice."""

    signer: str = ""
    expired: str = ""
    """How long ago it expired, where that is not minded."""


@dataclass(frozen=True, slots=True)
class Bad:
    """Not what the sender signed, or not signed by who it should be: every reason."""

    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Untrusted:
    """Signed by somebody nobody asked for: worth no more than no signature."""

    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody can say now: the keys are not to be had."""

    reason: str


Check = Good | Bad | Untrusted | Unknown


@dataclass(frozen=True, slots=True)
class Token:
    """A JSON web token that nobody has checked yet."""

    text: str = field(repr=False)
    header: Mapping[str, Any]
    claims: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Clock:
    """When it is, in seconds since 1970, and whether tokens may have expired."""

    now_s: float
    minds_expiry: bool = True


def parse(text: str) -> Token | None:
    """A token in three parts; None for anything else, and for one that is absurdly long."""
    match = _TOKEN.fullmatch(text) if len(text) <= _LONGEST_TOKEN else None
    if match is None:
        return None
    try:
        header, claims = (json.loads(_decoded(part)) for part in match.groups()[:2])
    except (ValueError, RecursionError):
        return None
    if not isinstance(header, dict) or not isinstance(claims, dict):
        return None
    return Token(text, header, claims)


def form_faults(token: Token, algorithm: str) -> Iterator[str]:
    """What is wrong with how it says it is signed; the algorithm is ours to choose."""
    if token.header.get("alg") != algorithm:
        yield "the signature's algorithm is not allowed"
    if "crit" in token.header or "b64" in token.header:
        yield "the signature asks for an extension that is not known"


def claim_faults(token: Token, body: bytes, checksums: tuple[str, ...], clock: Clock) -> list[str]:
    """Every reason why its claims do not fit the body and the time."""
    return [
        *_sum_faults(token.claims, body, checksums),
        *_time_faults(token.claims, clock),
    ]


def expired_text(claims: Mapping[str, Any], clock: Clock) -> str:
    """How long ago it expired, "" where it has not."""
    expires_s = _time_of(claims, "exp")
    if expires_s is None or clock.now_s <= expires_s + LEEWAY_S:
        return ""
    return f"expired {_ago(clock.now_s - expires_s)} ago"


def _sum_faults(claims: Mapping[str, Any], body: bytes, names: tuple[str, ...]) -> Iterator[str]:
    """Each checksum that was signed has to be right, and one has to be."""
    signed = [name for name in names if name in claims]
    if not signed:
        yield f"the signature has no {names[0]}"
    for name in signed:
        right = _CHECKSUMS[name](body).hexdigest()
        value = claims[name]
        if not isinstance(value, str) or not hmac.compare_digest(value.encode(), right.encode()):
            yield f"{name} differs: the body is not the one that was signed"


def _time_faults(claims: Mapping[str, Any], clock: Clock) -> Iterator[str]:
    for name in ("exp", "iat"):
        if name not in claims:
            yield f"the signature has no {name}"
        elif _time_of(claims, name) is None:
            yield f"{name} is no time"
    expired = expired_text(claims, clock)
    if expired and clock.minds_expiry:
        yield expired
    for name in ("iat", "nbf"):
        begins_s = _time_of(claims, name)
        if begins_s is not None and begins_s > clock.now_s + LEEWAY_S:
            yield f"signed {_ago(begins_s - clock.now_s)} in the future"


def _time_of(claims: Mapping[str, Any], name: str) -> float | None:
    """A time that can be one: a number of this era."""
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

"""Whether a push was signed by who it should be. Decides only; never raises what it was given."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import jwt

from dcsync.model import Secret

LEEWAY_S = 10
"""How far the sender's clock may be from ours."""

_CHECKSUMS = {"checksum_sha256": hashlib.sha256, "checksum": hashlib.sha1}
"""Each checksum claim, in hexadecimal over the raw body (dt-api.md section 9.2)."""


@dataclass(frozen=True, slots=True)
class SharedSecret:
    """The scheme of `X-Dt-Signature`: HS256 with the connector's signature secret."""

    header: ClassVar[str] = "X-Dt-Signature"
    secret: Secret

    def fault(self, token: str, body: bytes) -> str | None:
        """What is wrong with the signature of this body; None where nothing is."""
        # HMAC fills its key up with zeros anyway: the same signature, and no warning about a
        # short key, which is the sender's affair.
        key = self.secret.reveal().encode().ljust(32, b"\0")
        try:
            claims = jwt.decode(
                token, key, algorithms=["HS256"], options={"require": ["exp"]}, leeway=LEEWAY_S
            )
        except jwt.PyJWTError as error:
            return token_fault(error)
        return checksum_fault(claims, body)


def token_fault(error: jwt.PyJWTError) -> str:
    """Why a token was refused, in words that hold nothing of the token."""
    match error:
        case jwt.ExpiredSignatureError():
            return "the signature has expired"
        case jwt.ImmatureSignatureError():
            return "the signature is from the future"
        case jwt.MissingRequiredClaimError():
            return f"the signature has no {error.claim}"
        case jwt.InvalidAlgorithmError():
            return "the signature's algorithm is not allowed"
        case jwt.InvalidSignatureError():
            return "the signature was made with another key"
        case _:
            return "the signature is no valid token"


def checksum_fault(claims: Mapping[str, Any], body: bytes) -> str | None:
    """What is wrong with the checksums of a body: each one that is there has to be right."""
    signed = {name: claims[name] for name in _CHECKSUMS if name in claims}
    if not signed:
        return "the signature has no checksum"
    for name, value in signed.items():
        right = _CHECKSUMS[name](body).hexdigest()
        if not hmac.compare_digest(str(value).encode(), right.encode()):
            return f"the body does not fit its {name}"
    return None

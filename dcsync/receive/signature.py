"""Whether a push was signed by who it should be. Decides only; tells nothing of what it was given.

The algorithm of each scheme is fixed here, and its key is found without asking the token for it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import jwt

from dcsync.model import Secret
from dcsync.receive.keys import KeyRing, KeysUnavailable, is_loopback

LEEWAY_S = 10
"""How far the sender's clock may be from ours."""

DT_ISSUER = "https://identity.disruptive-technologies.com/data-connector"

_CHECKSUMS = {"checksum_sha256": hashlib.sha256, "checksum": hashlib.sha1}
"""Each checksum claim, in hexadecimal over the raw body (dt-api.md section 9.2)."""


@dataclass(frozen=True, slots=True)
class Good:
    """Signed by who it should be."""


@dataclass(frozen=True, slots=True)
class Bad:
    """Not what the sender signed, or not signed by who it should be."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody can say now: the keys are not to be had."""

    reason: str


Check = Good | Bad | Unknown


@dataclass(frozen=True, slots=True)
class SharedSecret:
    """The scheme of `X-Dt-Signature`: HS256 with the connector's signature secret."""

    header: ClassVar[str] = "X-Dt-Signature"
    is_demanded: ClassVar[bool] = True
    """Who knows the secret has configured it, so every push bears the signature."""
    secret: Secret

    def check(self, token: str, body: bytes) -> Check:
        """Check the signature of exactly these bytes."""
        # HMAC fills its key up with zeros anyway: the same signature, and no warning about a
        # short key, which is the sender's affair.
        key = self.secret.reveal().encode().ljust(32, b"\0")
        try:
            claims = jwt.decode(
                token, key, algorithms=["HS256"], options={"require": ["exp"]}, leeway=LEEWAY_S
            )
        except jwt.PyJWTError as error:
            return Bad(_token_fault(error))
        return _check_sums({name: claims[name] for name in _CHECKSUMS if name in claims}, body)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The scheme of `DT-Asymmetric-Signature`: ES256 with a published key of the issuer.

    Without `issuer`, DT's own and those on this machine (an emulator) are trusted; with
    `organization`, only pushes of that organization.
    """

    header: ClassVar[str] = "DT-Asymmetric-Signature"
    is_demanded: ClassVar[bool] = False
    keys: KeyRing
    issuer: str = ""
    organization: str = ""

    def check(self, token: str, body: bytes) -> Check:
        """Check the signature of exactly these bytes; may fetch keys."""
        try:
            kid = str(jwt.get_unverified_header(token).get("kid"))
            issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
            if not isinstance(issuer, str) or not self._trusts(issuer):
                return Bad("the signature is of another issuer (see --issuer)")
            key = self.keys.key(issuer, kid)
            if key is None:
                return Bad("the signature's key is none of the issuer's")
            required = ["exp", "iss", "checksum_sha256"]
            claims = jwt.decode(
                token,
                key,
                algorithms=["ES256"],
                options={"require": required},
                issuer=issuer,
                leeway=LEEWAY_S,
            )
        except KeysUnavailable as error:
            return Unknown(str(error))
        except jwt.PyJWTError as error:
            return Bad(_token_fault(error))
        if self.organization and claims.get("sub") != self.organization:
            return Bad("the signature is of another organization")
        return _check_sums({"checksum_sha256": claims["checksum_sha256"]}, body)

    def _trusts(self, issuer: str) -> bool:
        if self.issuer:
            return issuer == self.issuer
        return issuer == DT_ISSUER or is_loopback(issuer)


def _token_fault(error: jwt.PyJWTError) -> str:
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


def _check_sums(signed: Mapping[str, Any], body: bytes) -> Check:
    """Each checksum that was signed has to be right, and one has to be."""
    if not signed:
        return Bad("the signature has no checksum")
    for name, value in signed.items():
        right = _CHECKSUMS[name](body).hexdigest()
        if not hmac.compare_digest(str(value).encode(), right.encode()):
            return Bad(f"the body does not fit its {name}")
    return Good()

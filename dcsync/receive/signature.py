"""Checks whether a push was signed by the expected sender. Messages repeat nothing of it.

The algorithm of each scheme is fixed here, and whose keys are used is decided by the user, never by
a token.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from typing import Any, ClassVar

import jwt

from dcsync.dataclass import dataclass
from dcsync.model import Secret
from dcsync.receive.checks import (
    CheckedSignature,
    ExpiryCheck,
    Invalid,
    Untrusted,
    Unverifiable,
    UnverifiedToken,
    Verified,
    claim_problems,
    expiry_message,
    header_problems,
    parse,
)
from dcsync.receive.keys import KeyRing, KeysUnavailable

DT_ISSUER = "https://identity.disruptive-technologies.com/data-connector"

_NO_TOKEN = Invalid(("the signature is not a valid token",))
_LONGEST_KID = 200


@dataclass(frozen=True, slots=True)
class SharedSecret:
    """The scheme of `X-Dt-Signature`: HS256 with the connector's signature secret.

    `secrets` by names that identify the matching one: there are two during a rotation.
    """

    header: ClassVar[str] = "X-Dt-Signature"
    is_required: ClassVar[bool] = True
    """With a secret configured, every push has this signature."""
    secrets: Mapping[str, Secret]
    rejects_expired: bool = True
    now_s: Callable[[], float] = time.time

    def check(self, text: str, body: bytes) -> CheckedSignature:
        """Check the signature of exactly these bytes."""
        token, expiry = parse(text), ExpiryCheck(self.now_s(), self.rejects_expired)
        if token is None:
            return _NO_TOKEN
        problems = list(header_problems(token, "HS256"))
        matching = None if problems else self._matching(token)
        if matching is None and not problems:
            problems.append("the signature was made with a different secret")
        problems += claim_problems(token, body, ("checksum_sha256", "checksum"), expiry)
        if problems or matching is None:
            return Invalid(tuple(problems))
        signer = matching if len(self.secrets) > 1 else ""
        return Verified(signer, expiry_message(token.claims, expiry))

    def _matching(self, token: UnverifiedToken) -> str | None:
        """The name of the secret that matches."""
        for name, secret in self.secrets.items():
            # HMAC pads its key with zeros anyway: the signature is the same, without PyJWT's
            # warning about a short key, which the sender has chosen.
            if _is_signed(token, secret.reveal().encode().ljust(32, b"\0"), "HS256"):
                return name
        return None


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The scheme of `DT-Asymmetric-Signature`: ES256 with a published key of the issuer.

    Only `issuers` are trusted, compared exactly; with `organization`, only pushes of that
    organization.
    """

    header: ClassVar[str] = "DT-Asymmetric-Signature"
    is_required: ClassVar[bool] = False
    keys: KeyRing
    issuers: Collection[str] = (DT_ISSUER,)
    organization: str = ""
    rejects_expired: bool = True
    now_s: Callable[[], float] = time.time

    def check(self, text: str, body: bytes) -> CheckedSignature:
        """Check the signature of exactly these bytes; may fetch the keys of a trusted issuer."""
        token, expiry = parse(text), ExpiryCheck(self.now_s(), self.rejects_expired)
        if token is None:
            return _NO_TOKEN
        problems = [*header_problems(token, "ES256"), *self._problems(token)]
        claims = claim_problems(token, body, ("checksum_sha256",), expiry)
        issuer = token.claims.get("iss")
        if not isinstance(issuer, str) or issuer not in self.issuers:
            reason = "the signature is by an issuer that is not trusted (see --issuer)"
            return Untrusted((reason, *problems, *claims))
        try:
            key = None if problems else self.keys.key(issuer, token.header["kid"])
        except KeysUnavailable as error:
            return Invalid(tuple(claims)) if claims else Unverifiable(str(error))
        if not problems and key is None:
            problems.append("the signature's key is not one of the issuer's")
        elif not problems and not _is_signed(token, key, "ES256"):
            problems.append("the signature was made with a different key")
        if problems or claims:
            return Invalid((*problems, *claims))
        return Verified(expired=expiry_message(token.claims, expiry))

    def _problems(self, token: UnverifiedToken) -> list[str]:
        problems, kid = [], token.header.get("kid")
        if not isinstance(kid, str) or not 0 < len(kid) <= _LONGEST_KID:
            problems.append("the signature names no key")
        if self.organization and token.claims.get("sub") != self.organization:
            problems.append("the signature is for another organization")
        return problems


def _is_signed(token: UnverifiedToken, key: Any, algorithm: str) -> bool:
    try:
        jwt.PyJWS().decode_complete(token.text, key, algorithms=[algorithm])
    except (jwt.PyJWTError, ValueError, TypeError):
        return False
    return True

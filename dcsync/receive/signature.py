"""Whether a push was signed by who it should be. Decides only; repeats nothing that it was given.

The algorithm of each scheme is fixed here, and whose keys are asked for is decided by those who
start the endpoint, never by a token.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import jwt

from dcsync.model import Secret
from dcsync.receive.checks import (
    Bad,
    Check,
    Clock,
    Good,
    Token,
    Unknown,
    Untrusted,
    claim_faults,
    expired_text,
    form_faults,
    parse,
)
from dcsync.receive.keys import KeyRing, KeysUnavailable

DT_ISSUER = "https://identity.disruptive-technologies.com/data-connector"

_NO_TOKEN = Bad(("the signature is no valid token",))
_LONGEST_KID = 200


@dataclass(frozen=True, slots=True)
class SharedSecret:
    """The scheme of `X-Dt-Signature`: HS256 with the connector's signature secret.

    `secrets` by the names that say which of them fits: two while one is rotated.
    """

    header: ClassVar[str] = "X-Dt-Signature"
    is_demanded: ClassVar[bool] = True
    """Who knows the secret has configured it, so every push bears the signature."""
    secrets: Mapping[str, Secret]
    minds_expiry: bool = True
    now_s: Callable[[], float] = time.time

    def check(self, text: str, body: bytes) -> Check:
        """Check the signature of exactly these bytes."""
        token, clock = parse(text), Clock(self.now_s(), self.minds_expiry)
        if token is None:
            return _NO_TOKEN
        faults = list(form_faults(token, "HS256"))
        fitting = None if faults else self._fitting(token)
        if fitting is None and not faults:
            faults.append("the signature was made with another secret")
        faults += claim_faults(token, body, ("checksum_sha256", "checksum"), clock)
        if faults or fitting is None:
            return Bad(tuple(faults))
        signer = fitting if len(self.secrets) > 1 else ""
        return Good(signer, expired_text(token.claims, clock))

    def _fitting(self, token: Token) -> str | None:
        """The name of the secret that it was made with."""
        for name, secret in self.secrets.items():
            # HMAC fills its key up with zeros anyway: the same signature, and no warning about a
            # short key, which is the sender's affair.
            if _is_signed(token, secret.reveal().encode().ljust(32, b"\0"), "HS256"):
                return name
        return None


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The scheme of `DT-Asymmetric-Signature`: ES256 with a published key of the issuer.

    Only `issuers` are trusted, each spelt exactly so; with `organization`, only pushes of that
    organization.
    """

    header: ClassVar[str] = "DT-Asymmetric-Signature"
    is_demanded: ClassVar[bool] = False
    keys: KeyRing
    issuers: Collection[str] = (DT_ISSUER,)
    organization: str = ""
    minds_expiry: bool = True
    now_s: Callable[[], float] = time.time

    def check(self, text: str, body: bytes) -> Check:
        """Check the signature of exactly these bytes; may fetch keys of a trusted issuer."""
        token, clock = parse(text), Clock(self.now_s(), self.minds_expiry)
        if token is None:
            return _NO_TOKEN
        faults = [*form_faults(token, "ES256"), *self._faults(token)]
        claims = claim_faults(token, body, ("checksum_sha256",), clock)
        issuer = token.claims.get("iss")
        if not isinstance(issuer, str) or issuer not in self.issuers:
            reason = "the signature is of an issuer that is not trusted (see --issuer)"
            return Untrusted((reason, *faults, *claims))
        try:
            key = None if faults else self.keys.key(issuer, token.header["kid"])
        except KeysUnavailable as error:
            return Bad(tuple(claims)) if claims else Unknown(str(error))
        if not faults and key is None:
            faults.append("the signature's key is none of the issuer's")
        elif not faults and not _is_signed(token, key, "ES256"):
            faults.append("the signature was made with another key")
        if faults or claims:
            return Bad((*faults, *claims))
        return Good(expired=expired_text(token.claims, clock))

    def _faults(self, token: Token) -> list[str]:
        faults, kid = [], token.header.get("kid")
        if not isinstance(kid, str) or not 0 < len(kid) <= _LONGEST_KID:
            faults.append("the signature names no key")
        if self.organization and token.claims.get("sub") != self.organization:
            faults.append("the signature is of another organization")
        return faults


def _is_signed(token: Token, key: Any, algorithm: str) -> bool:
    try:
        jwt.PyJWS().decode_complete(token.text, key, algorithms=[algorithm])
    except (jwt.PyJWTError, ValueError, TypeError):
        return False
    return True

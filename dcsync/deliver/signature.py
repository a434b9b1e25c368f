"""Signs a delivery with the connector's signature secret, as the cloud does (section 9.2)."""

from __future__ import annotations

import json
import secrets
from functools import cache
from hashlib import sha1, sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jwt import PyJWS

LIFETIME_S = 3600
"""How long a signature is valid."""


def sign(body: bytes, secret: str, now_s: float) -> str:
    """The value of `X-Dt-Signature`: an HS256 token over both checksums of exactly these bytes."""
    claims = {
        "checksum": sha1(body, usedforsecurity=False).hexdigest(),
        "checksum_sha256": sha256(body).hexdigest(),
        "exp": int(now_s) + LIFETIME_S,
        "iat": int(now_s),
        "jti": secrets.token_hex(10),
    }
    return _signer().encode(json.dumps(claims, separators=(",", ":")).encode(), secret, "HS256")


@cache
def _signer() -> PyJWS:
    """PyJWT, which takes a tenth of a second to import: only where something is signed."""
    import jwt
    from jwt.algorithms import HMACAlgorithm

    class GivenKey(HMACAlgorithm):
        """HS256 with the key as it is: its length is the user's choice."""

        def check_key_length(self, key: bytes) -> None:  # noqa: ARG002 - PyJWT's signature
            return None

    signer = jwt.PyJWS(algorithms=[])
    signer.register_algorithm("HS256", GivenKey(HMACAlgorithm.SHA256))
    return signer

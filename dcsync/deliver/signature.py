"""Signs a delivery with the connector's signature secret, as the cloud does (section 9.2)."""

from __future__ import annotations

import secrets
from hashlib import sha1, sha256

from dcsync.signed_tokens import hs256

LIFETIME_S = 3600
"""How long a signature is valid."""


def sign(body: bytes, secret: str, now_s: float) -> str:
    """The value of `X-Dt-Signature`: an HS256 token with both checksums of exactly these bytes."""
    claims = {
        "checksum": sha1(body, usedforsecurity=False).hexdigest(),
        "checksum_sha256": sha256(body).hexdigest(),
        "exp": int(now_s) + LIFETIME_S,
        "iat": int(now_s),
        "jti": secrets.token_hex(10),
    }
    return hs256(claims, secret)

"""HS256 signed tokens (RFC 7515, RFC 7519): what is sent for an access token, and with a delivery.

Not PyJWT, which checks tokens in `dcsync.receive`: importing it costs each command more than all
of dcsync's own imports, and signing with HMAC is what this file holds. The tests check what is
made here with PyJWT.
"""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping

HEADER = {"alg": "HS256", "typ": "JWT"}


def hs256(
    claims: Mapping[str, object], secret: str, header: Mapping[str, str] | None = None
) -> str:
    """A token with these claims, in compact form; `header` is added to `alg` and `typ`."""
    signed = f"{_part({**HEADER, **(header or {})})}.{_part(claims)}"
    digest = hmac.digest(secret.encode(), signed.encode(), "sha256")
    return f"{signed}.{_encoded(digest)}"


def _part(fields: Mapping[str, object]) -> str:
    return _encoded(json.dumps(fields, separators=(",", ":")).encode())


def _encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()

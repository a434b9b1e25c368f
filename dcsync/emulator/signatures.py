"""The two signatures of a delivery, and the keys to check them (section 9.2)."""

from __future__ import annotations

import hmac
import json
import threading
from base64 import urlsafe_b64encode
from hashlib import sha1, sha256
from typing import TYPE_CHECKING

from dcsync.emulator.identifiers import new_id
from dcsync.emulator.store import Table
from dcsync.emulator.wire import Json

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

_LIFETIME_S = 3600


def symmetric(secret: str, body: bytes, now: float) -> str:
    """X-Dt-Signature: an HS256 token over both checksums of the body."""
    claims = {
        "checksum": sha1(body, usedforsecurity=False).hexdigest(),
        "checksum_sha256": sha256(body).hexdigest(),
        "exp": int(now) + _LIFETIME_S,
        "iat": int(now),
        "jti": new_id(now),
    }
    signed = _signed({"alg": "HS256", "typ": "JWT"}, claims)
    return f"{signed}.{_text(hmac.digest(secret.encode(), signed.encode(), 'sha256'))}"


class SigningKeys:
    """The cloud's P-256 keys, created on first use; the newest signs, all are published."""

    def __init__(self, settings: Table[Json]) -> None:
        self._settings = settings
        self._keys: dict[str, EllipticCurvePrivateKey] = {}
        self._lock = threading.RLock()

    def sign(self, body: bytes, issuer: str, subject: str, now: float, lifetime_s: float) -> str:
        """DT-Asymmetric-Signature: an ES256 token."""
        from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
        from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
        from cryptography.hazmat.primitives.hashes import SHA256

        key_id, key = list(self._all(now).items())[-1]
        claims = {
            "checksum_sha256": sha256(body).hexdigest(),
            "exp": int(now + lifetime_s),
            "iat": int(now),
            "iss": issuer,
            "sub": subject,
        }
        signed = _signed({"alg": "ES256", "kid": key_id, "typ": "JWT"}, claims)
        numbers = decode_dss_signature(key.sign(signed.encode(), ECDSA(SHA256())))
        return f"{signed}.{_text(b''.join(number.to_bytes(32) for number in numbers))}"

    def rotate(self, now: float) -> str:
        """Create a key that signs from now on; returns its id."""
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

        key_id, key = new_id(now), generate_private_key(SECP256R1())
        pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        with self._lock:
            self._settings.put(key_id, {"pem": pem.decode()}, "signing_keys")
            self._keys[key_id] = key
        return key_id

    def jwks(self, now: float) -> Json:
        return {"keys": [_public(key_id, key) for key_id, key in self._all(now).items()]}

    def _all(self, now: float) -> dict[str, EllipticCurvePrivateKey]:
        with self._lock:
            if not self._keys:
                self._load()
            if not self._keys:
                self.rotate(now)
            return dict(self._keys)

    def _load(self) -> None:
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        for key_id, stored in self._settings.of("signing_keys").items():
            key = load_pem_private_key(stored["pem"].encode(), None)
            self._keys[key_id] = key  # type: ignore[assignment] # only `rotate` stores keys


def _public(key_id: str, key: EllipticCurvePrivateKey) -> Json:
    numbers = key.public_key().public_numbers()
    point = {"x": _text(numbers.x.to_bytes(32)), "y": _text(numbers.y.to_bytes(32))}
    return {"kty": "EC", "use": "sig", "crv": "P-256", "alg": "ES256", "kid": key_id, **point}


def _signed(header: Json, claims: Json) -> str:
    return ".".join(_text(json.dumps(p, separators=(",", ":")).encode()) for p in (header, claims))


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")

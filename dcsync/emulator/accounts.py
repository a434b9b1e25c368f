"""Authentication and authorization: service accounts, roles, access tokens, Basic auth."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from dcsync.dataclass import dataclass, field
from dcsync.emulator.clock import CloudClock
from dcsync.emulator.identifiers import new_id
from dcsync.emulator.store import Store
from dcsync.emulator.wire import Json, Refused

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_SKEW_S = 60

_READ = ("dataconnector.read", "device.read", "sensor.read", "project.read", "emulator.read")
_WRITE = (
    *("dataconnector.create", "dataconnector.update", "dataconnector.delete"),
    *("device.update", "sensor.update"),
    *("emulator.create", "emulator.update", "emulator.delete"),
)
_ADMIN = (
    *("device.transfer", "project.update", "project.delete"),
    *("membership.read", "membership.create", "membership.update", "membership.delete"),
)
_ORGANIZATION = ("project.create", "organization.read", "organization.update")

PERMISSIONS: Mapping[str, tuple[str, ...]] = {
    "project.user": _READ,
    "project.developer": _READ + _WRITE,
    "project.admin": _READ + _WRITE + _ADMIN,
    "organization.admin": _READ + _WRITE + _ADMIN + _ORGANIZATION,
}
"""What each role may do (docs/api.md section 2.3)."""


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """A service account with its key. With empty `projects` the role applies to all."""

    key_id: str
    email: str
    role: str = "organization.admin"
    secret: str = field(default="", repr=False)
    projects: tuple[str, ...] = ()
    basic_auth: bool = True

    def may(self, permission: str, project_id: str | None) -> bool:
        """Whether it has the permission; `project_id` None asks about the organization."""
        if self.projects and project_id not in self.projects:
            return False
        return permission in PERMISSIONS.get(self.role, ())

    def permissions(self, project_id: str | None) -> list[str]:
        return [name for name in PERMISSIONS.get(self.role, ()) if self.may(name, project_id)]


class Accounts:
    """The cloud's service accounts; authenticates requests."""

    def __init__(self, store: Store, clock: CloudClock) -> None:
        self._store = store
        self._clock = clock

    def add(self, **values: Any) -> ServiceAccount:
        """Create an account; generates key id, secret and e-mail unless given."""
        fresh = new_id(self._clock.now())
        account = ServiceAccount(
            key_id=values.get("key_id") or fresh,
            secret=values.get("secret") or secrets.token_hex(16),
            email=values.get("email") or f"{fresh}@emulator.serviceaccount.d21s.com",
            role=_known_role(values.get("role") or "organization.admin"),
            projects=tuple(values.get("projects") or ()),
            basic_auth=values.get("basic_auth", True),
        )
        stored = asdict(account)
        self._store.accounts.put(account.key_id, {**stored, "projects": list(account.projects)})
        return account

    def get(self, key_id: str) -> ServiceAccount | None:
        stored = self._store.accounts.get(key_id)
        if stored is None:
            return None
        return ServiceAccount(**{**stored, "projects": tuple(stored["projects"])})

    def first(self) -> ServiceAccount | None:
        return self.get(next(iter(self._store.accounts.of()), ""))

    def authenticate(self, header: str, basic_disabled_status: int = 401) -> ServiceAccount:
        """The account of an Authorization header; Refused 401 for anything else."""
        scheme, _, credentials = header.strip().partition(" ")
        known = {"bearer": self._by_token, "basic": self._by_password}.get(scheme.lower())
        account = known(credentials.strip()) if known else None
        if account is None:
            raise Refused(401, "invalid or expired credentials")
        if scheme.lower() == "basic" and not account.basic_auth:
            raise Refused(basic_disabled_status, "this account does not allow Basic authentication")
        return account

    def issue(
        self,
        form: Mapping[str, list[str]],
        audiences: set[str],
        lifetime_s: float,
        *,
        skew_s: float = 0.0,
    ) -> Json:
        """An access token for a JWT assertion (docs/api.md section 2.1); Refused with OAuth2
        errors."""
        if form.get("grant_type") != [GRANT_TYPE]:
            raise Refused(400, "unsupported_grant_type: the grant type must be JWT bearer")
        account = self._assert(form.get("assertion", [""])[0], audiences, skew_s)
        token = secrets.token_urlsafe(32)
        expires = self._clock.now() + lifetime_s
        self._forget_expired()
        self._store.tokens.put(token, {"key_id": account.key_id, "expires": expires})
        return {"access_token": token, "token_type": "Bearer", "expires_in": int(lifetime_s)}

    def revoke_tokens(self) -> None:
        """Invalidate all access tokens, as if they had expired."""
        self._store.tokens.drop("")

    def _forget_expired(self) -> None:
        now = self._clock.now()
        for token, held in list(self._store.tokens.of().items()):
            if held["expires"] <= now:
                self._store.tokens.remove(token)

    def _by_token(self, token: str) -> ServiceAccount | None:
        held = self._store.tokens.get(token)
        if held is None or held["expires"] <= self._clock.now():
            return None
        return self.get(held["key_id"])

    def _by_password(self, credentials: str) -> ServiceAccount | None:
        try:
            key_id, _, secret = base64.b64decode(credentials, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        account = self.get(key_id)
        if account and hmac.compare_digest(account.secret.encode(), secret.encode()):
            return account
        return None

    def _assert(self, assertion: str, audiences: set[str], skew_s: float) -> ServiceAccount:
        signed, _, signature = assertion.rpartition(".")
        header, claims = map(_decoded, (signed.partition(".")[0], signed.partition(".")[2]))
        account = self.get(str(header.get("kid")))
        if account is None or claims.get("iss") != account.email:
            raise Refused(400, "invalid_grant: unknown issuer or key")
        expected = hmac.digest(account.secret.encode(), signed.encode(), "sha256")
        if header.get("alg") != "HS256" or not hmac.compare_digest(expected, _bytes(signature)):
            raise Refused(400, "invalid_grant: the signature does not match")
        self._check_claims(claims, audiences, self._clock.now() + skew_s)
        return account

    def _check_claims(self, claims: Json, audiences: set[str], now: float) -> None:
        audience = claims.get("aud")
        named = {audience} if isinstance(audience, str) else set(map(str, audience or ()))
        if not named & audiences:
            raise Refused(400, "invalid_grant: aud is not this token endpoint")
        issued, expires = claims.get("iat"), claims.get("exp")
        if not isinstance(issued, int | float) or not isinstance(expires, int | float):
            raise Refused(400, "invalid_grant: iat and exp must be numbers")
        if not issued - _SKEW_S <= now < expires or expires - issued > 3600 + _SKEW_S:
            raise Refused(400, "invalid_grant: iat or exp is not in its bounds")


def _known_role(role: str) -> str:
    if role not in PERMISSIONS:
        raise ValueError(f"{role} is not a role; use {', '.join(PERMISSIONS)}")
    return role


def _bytes(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""


def _decoded(text: str) -> Json:
    try:
        value = json.loads(_bytes(text))
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise Refused(400, "invalid_grant: the assertion is not a JWT")
    return value

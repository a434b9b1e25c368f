"""Decides how to respond to a push. Knows no sockets."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Protocol

from dcsync.dataclass import dataclass, field
from dcsync.receive.checks import CheckedSignature, Invalid, Untrusted, Unverifiable, Verified
from dcsync.receive.pushes import ParsedPush, parse_push
from dcsync.serving.framing import Headers

REMEMBERED = 100_000
"""Event ids kept to detect duplicates; the oldest are dropped first."""
NO_EVENT = "the body is not an event"


class Scheme(Protocol):
    """A signature scheme: the header that carries it, and whether every push must have it."""

    header: ClassVar[str]
    is_required: ClassVar[bool]

    def check(self, token: str, body: bytes) -> CheckedSignature: ...


@dataclass(frozen=True, slots=True)
class AcceptedPush:
    """An accepted push; `signatures` are the headers whose signature was verified."""

    event: Mapping[str, Any]
    labels: Mapping[str, str]
    metadata: Mapping[str, Any]
    signatures: tuple[str, ...]
    duplicate: bool
    unchecked: str = ""
    """Why a signature could not be checked."""
    signer: str = ""
    """The name of the secret that matches `X-Dt-Signature`."""
    expired: str = ""
    """How long ago the signature expired, where expired ones are accepted."""


@dataclass(frozen=True, slots=True)
class PushResponse:
    """The response to a push; `accepted` is the push if it was accepted."""

    status: int
    reason: str
    accepted: AcceptedPush | None = None

    @property
    def outcome(self) -> str:
        """accepted, duplicate (accepted again), refused, or failed (on purpose)."""
        if self.accepted:
            return "duplicate" if self.accepted.duplicate else "accepted"
        return "failed" if self.status == 503 else "refused"


@dataclass(frozen=True, slots=True)
class FaultInjection:
    """Failures and delays on purpose, to test the cloud's retries."""

    fail_rate: float = 0.0
    delay_s: float = 0.0
    random: Callable[[], float] = field(default=lambda: 1.0)
    """Returns a number from 0 to 1 per push."""
    sleep: Callable[[float], None] = field(default=time.sleep)


class Endpoint:
    """Accepts pushes from many threads; refuses more than `limit`."""

    def __init__(
        self,
        schemes: Sequence[Scheme],
        faults: FaultInjection | None = None,
        limit: int | None = None,
        *,
        requires_signature: bool = False,
    ) -> None:
        self._schemes = schemes
        self._demands_signature = requires_signature
        self._mischief = faults or FaultInjection()
        self._remaining = limit
        self._seen: dict[bytes, None] = {}
        self._lock = threading.Lock()

    def receive(self, headers: Headers, body: bytes) -> PushResponse:
        """Check a push and accept or refuse it.

        Names in `headers` are in lower case; `body` is exactly as received.
        """
        self._mischief.sleep(self._mischief.delay_s)
        checks = {
            scheme.header: _check(scheme, _values(headers, scheme.header), body)
            for scheme in self._schemes
        }
        push = parse_push(body)
        refusal = self._refusal(checks, [] if push else [NO_EVENT])
        if refusal:
            return refusal
        if push is None:
            return PushResponse(400, NO_EVENT)
        if self._mischief.random() < self._mischief.fail_rate:
            return PushResponse(503, "failed on purpose (--fail-rate)")
        return self._accept(push, checks)

    def _refusal(
        self, checks: Mapping[str, CheckedSignature | None], other_reasons: list[str]
    ) -> PushResponse | None:
        """Refuse invalid signatures, and unverifiable ones if a signature is required."""
        is_signed = any(isinstance(check, Verified) for check in checks.values())
        refused = (Invalid,) if is_signed else (Invalid, Untrusted)
        reasons = [
            f"{header}: {'; '.join(check.reasons)}"
            for header, check in checks.items()
            if isinstance(check, refused)
        ]
        if reasons:
            return PushResponse(401, "; ".join([*reasons, *other_reasons]))
        if not self._demands_signature or is_signed:
            return None
        for header, check in checks.items():
            if isinstance(check, Unverifiable):
                return PushResponse(503, "; ".join([f"{header}: {check.reason}", *other_reasons]))
        return PushResponse(401, "; ".join(["no signature could be checked", *other_reasons]))

    def _accept(
        self, push: ParsedPush, checks: Mapping[str, CheckedSignature | None]
    ) -> PushResponse:
        with self._lock:
            if self._remaining == 0:
                return PushResponse(503, "this endpoint is closing")
            self._remaining = None if self._remaining is None else self._remaining - 1
            duplicate = push.identity in self._seen
            self._seen[push.identity] = None
            if len(self._seen) > REMEMBERED:
                del self._seen[next(iter(self._seen))]
        verified = {
            header: check for header, check in checks.items() if isinstance(check, Verified)
        }
        accepted = AcceptedPush(
            push.event,
            push.labels,
            push.metadata,
            tuple(verified),
            duplicate,
            "; ".join(check.reason for check in checks.values() if isinstance(check, Unverifiable)),
            next((check.signer for check in verified.values() if check.signer), ""),
            next((check.expired for check in verified.values() if check.expired), ""),
        )
        return PushResponse(200, "accepted", accepted)


def _values(headers: Headers, name: str) -> list[str]:
    return [value for each, value in headers if each == name.lower()]


def _check(scheme: Scheme, tokens: list[str], body: bytes) -> CheckedSignature | None:
    """None if nothing is signed with this scheme, and need not be."""
    if len(tokens) > 1:
        return Invalid((f"the header is present {len(tokens)} times",))
    if tokens:
        return scheme.check(tokens[0], body)
    return Invalid(("the header is missing",)) if scheme.is_required else None

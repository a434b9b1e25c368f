"""What to answer to a push, and what it brought. Knows no sockets."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from dcsync.receive.checks import Bad, Check, Good, Unknown, Untrusted
from dcsync.receive.pushes import Push, parse_push
from dcsync.serving.framing import Headers

REMEMBERED = 100_000
"""Event ids kept to tell duplicates; the oldest are forgotten first."""
NO_EVENT = "the body is no event"


class Scheme(Protocol):
    """One way of signing: the header that carries it, and whether every push must have it."""

    header: ClassVar[str]
    is_demanded: ClassVar[bool]

    def check(self, token: str, body: bytes) -> Check: ...


@dataclass(frozen=True, slots=True)
class Delivery:
    """One accepted push; `signatures` names the headers that were checked and found good."""

    event: Mapping[str, Any]
    labels: Mapping[str, str]
    metadata: Mapping[str, Any]
    signatures: tuple[str, ...]
    duplicate: bool
    unchecked: str = ""
    """Why a signature that is there could not be checked."""
    signer: str = ""
    """The name of the secret that fits `X-Dt-Signature`."""
    expired: str = ""
    """How long ago the signature expired, where that is not minded."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a push; `delivery` is what was accepted."""

    status: int
    reason: str
    delivery: Delivery | None = None

    @property
    def outcome(self) -> str:
        """accepted, duplicate (accepted again), refused, or failed (on purpose)."""
        if self.delivery:
            return "duplicate" if self.delivery.duplicate else "accepted"
        return "failed" if self.status == 503 else "refused"


@dataclass(frozen=True, slots=True)
class Mischief:
    """Trouble made on purpose, to try the cloud's retries."""

    fail_rate: float = 0.0
    delay_s: float = 0.0
    random: Callable[[], float] = field(default=lambda: 1.0)
    """A number from 0 up to 1 a call."""
    sleep: Callable[[float], None] = field(default=time.sleep)


class Endpoint:
    """Accepts pushes from many threads at once; after `limit` of them it is full."""

    def __init__(
        self,
        schemes: Sequence[Scheme],
        mischief: Mischief | None = None,
        limit: int | None = None,
        *,
        demands_signature: bool = False,
    ) -> None:
        self._schemes = schemes
        self._demands_signature = demands_signature
        self._mischief = mischief or Mischief()
        self._room = limit
        self._seen: dict[bytes, None] = {}
        self._lock = threading.Lock()

    def receive(self, headers: Headers, body: bytes) -> Answer:
        """Check, then accept. `headers` has names in lower case; `body` is exactly as it came."""
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
            return Answer(400, NO_EVENT)
        if self._mischief.random() < self._mischief.fail_rate:
            return Answer(503, "failed on purpose (--fail-rate)")
        return self._accept(push, checks)

    def _refusal(self, checks: Mapping[str, Check | None], besides: list[str]) -> Answer | None:
        """A bad signature refuses; one that cannot be checked only where one is demanded."""
        is_signed = any(isinstance(check, Good) for check in checks.values())
        bad = (Bad,) if is_signed else (Bad, Untrusted)
        reasons = [
            f"{header}: {'; '.join(check.reasons)}"
            for header, check in checks.items()
            if isinstance(check, bad)
        ]
        if reasons:
            return Answer(401, "; ".join([*reasons, *besides]))
        if not self._demands_signature or is_signed:
            return None
        for header, check in checks.items():
            if isinstance(check, Unknown):
                return Answer(503, "; ".join([f"{header}: {check.reason}", *besides]))
        return Answer(401, "; ".join(["no signature that could be checked", *besides]))

    def _accept(self, push: Push, checks: Mapping[str, Check | None]) -> Answer:
        with self._lock:
            if self._room == 0:
                return Answer(503, "this endpoint is closing")
            self._room = None if self._room is None else self._room - 1
            duplicate = push.identity in self._seen
            self._seen[push.identity] = None
            if len(self._seen) > REMEMBERED:
                del self._seen[next(iter(self._seen))]
        good = {header: check for header, check in checks.items() if isinstance(check, Good)}
        delivery = Delivery(
            push.event,
            push.labels,
            push.metadata,
            tuple(good),
            duplicate,
            "; ".join(check.reason for check in checks.values() if isinstance(check, Unknown)),
            next((check.signer for check in good.values() if check.signer), ""),
            next((check.expired for check in good.values() if check.expired), ""),
        )
        return Answer(200, "accepted", delivery)


def _values(headers: Headers, name: str) -> list[str]:
    return [value for each, value in headers if each == name.lower()]


def _check(scheme: Scheme, tokens: list[str], body: bytes) -> Check | None:
    """None where nothing is signed this way, and nothing has to be."""
    if len(tokens) > 1:
        return Bad((f"the header is there {len(tokens)} times",))
    if tokens:
        return scheme.check(tokens[0], body)
    return Bad(("the header is missing",)) if scheme.is_demanded else None

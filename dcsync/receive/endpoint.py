"""What to answer to a push, and what it brought. Knows no sockets."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from dcsync.receive.signature import Bad, Check, Good, Unknown

REMEMBERED = 100_000
"""Event ids kept to tell duplicates; the oldest are forgotten first."""


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
        self._seen: dict[str, None] = {}
        self._lock = threading.Lock()

    def receive(self, headers: Mapping[str, str], body: bytes) -> Answer:
        """Check, then accept. `headers` has names in lower case; `body` is exactly as it came."""
        self._mischief.sleep(self._mischief.delay_s)
        checks = {
            scheme.header: _check(scheme, headers.get(scheme.header.lower()), body)
            for scheme in self._schemes
        }
        refusal = self._refusal(checks)
        if refusal:
            return refusal
        push = _parse(body)
        if push is None:
            return Answer(400, "the body is no event")
        if self._mischief.random() < self._mischief.fail_rate:
            return Answer(503, "failed on purpose (--fail-rate)")
        return self._accept(push, checks)

    def _refusal(self, checks: Mapping[str, Check | None]) -> Answer | None:
        """A bad signature refuses; one that cannot be checked only where one is demanded."""
        for header, check in checks.items():
            if isinstance(check, Bad):
                return Answer(401, f"{header}: {check.reason}")
        if not self._demands_signature or Good() in checks.values():
            return None
        for header, check in checks.items():
            if isinstance(check, Unknown):
                return Answer(503, f"{header}: {check.reason}")
        return Answer(401, "no signature that could be checked")

    def _accept(self, push: Mapping[str, Any], checks: Mapping[str, Check | None]) -> Answer:
        event_id = str(push["event"].get("eventId") or hash(json.dumps(push["event"])))
        with self._lock:
            if self._room == 0:
                return Answer(503, "this endpoint is closing")
            self._room = None if self._room is None else self._room - 1
            duplicate = event_id in self._seen
            self._seen[event_id] = None
            if len(self._seen) > REMEMBERED:
                del self._seen[next(iter(self._seen))]
        good = tuple(header for header, check in checks.items() if isinstance(check, Good))
        reasons = [check.reason for check in checks.values() if isinstance(check, Unknown)]
        delivery = Delivery(
            push["event"], push["labels"], push["metadata"], good, duplicate, "; ".join(reasons)
        )
        return Answer(200, "accepted", delivery)


def _check(scheme: Scheme, token: str | None, body: bytes) -> Check | None:
    """None where nothing is signed this way, and nothing has to be."""
    if token is not None:
        return scheme.check(token, body)
    return Bad("the header is missing") if scheme.is_demanded else None


def _parse(body: bytes) -> dict[str, Any] | None:
    try:
        push = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(push, dict) or not isinstance(push.get("event"), dict):
        return None
    rest = {name: push.get(name) for name in ("labels", "metadata")}
    return {
        "event": push["event"],
        **{name: value if isinstance(value, dict) else {} for name, value in rest.items()},
    }

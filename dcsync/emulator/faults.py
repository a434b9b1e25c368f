"""Faults as data: rules that make selected calls fail in a selected way."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from itertools import count as counting

from dcsync.dataclass import dataclass, field, replace
from dcsync.emulator.wire import HttpRequest, HttpResponse, StreamCut

_PING = b'"eventType":"ping"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One rule: which calls it applies to, how often, and what happens to them.

    `acts` False: the call has no effect; True: it takes effect, and its response is lost or
    replaced. A rule that only delays, truncates or cuts always acts.
    """

    fault_id: int
    method: str = "*"
    path: str = "*"
    """A glob over the whole path, without the query: `*/dataconnectors`."""
    count: int | None = 1
    """Calls to hit; None: all."""
    after: int = 0
    """Matching calls to let pass first."""
    probability: float = 1.0
    acts: bool = False
    status: int | None = None
    body: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    drop: bool = False
    truncate_at: int | None = None
    cut_stream_after: int | None = None

    @property
    def carries_out(self) -> bool:
        """Whether the call takes effect."""
        return self.acts or (self.status is None and not self.drop)

    def matches(self, request: HttpRequest) -> bool:
        return self.method in {"*", request.method} and fnmatchcase(request.path, self.path)

    def spoil(self, response: HttpResponse, error: HttpResponse) -> HttpResponse:
        """What the client gets instead of `response`; `error` is the API's error for the status."""
        if self.status is not None:
            response = self._replacement(self.status, response, error)
        if self.cut_stream_after is not None and response.stream is not None:
            response = replace(response, stream=_cut(response.stream, self.cut_stream_after))
        truncate_at = response.truncate_at if self.truncate_at is None else self.truncate_at
        return replace(
            response,
            delay_s=response.delay_s + self.delay_s,
            dropped=response.dropped or self.drop,
            truncate_at=truncate_at,
        )

    def _replacement(
        self, status: int, response: HttpResponse, error: HttpResponse
    ) -> HttpResponse:
        if self.body is not None:
            kind = "text/html" if self.body.lstrip().startswith("<") else "application/json"
            return HttpResponse(status, self.body.encode(), {"Content-Type": kind, **self.headers})
        if status >= 300:
            return error
        body = b"" if status == 204 else response.body
        return HttpResponse(status, body, {**response.headers, **self.headers})


class Faults:
    """The active rules; thread-safe."""

    def __init__(self, randomness: random.Random) -> None:
        self._random = randomness
        self._rules: dict[int, Fault] = {}
        self._lock = threading.Lock()
        self._ids = counting(1)

    def add(self, **rule: object) -> int:
        """Add a rule; returns its id."""
        with self._lock:
            fault = Fault(fault_id=next(self._ids), **rule)  # type: ignore[arg-type] # checked next
            _check(fault)
            self._rules[fault.fault_id] = fault
            return fault.fault_id

    def remove(self, fault_id: int | None = None) -> None:
        """Remove one rule, or all."""
        with self._lock:
            if fault_id is None:
                self._rules.clear()
            else:
                self._rules.pop(fault_id, None)

    def rules(self) -> list[Fault]:
        with self._lock:
            return list(self._rules.values())

    def hit(self, request: HttpRequest) -> Fault | None:
        """The first rule that applies to this call; uses it up by one."""
        if not self._rules:
            return None
        with self._lock:
            for fault in self._rules.values():
                if fault.matches(request) and self._random.random() < fault.probability:
                    return self._use(fault)
        return None

    def _use(self, fault: Fault) -> Fault | None:
        if fault.after > 0:
            self._rules[fault.fault_id] = replace(fault, after=fault.after - 1)
            return None
        if fault.count is not None:
            self._rules[fault.fault_id] = replace(fault, count=fault.count - 1)
            if fault.count <= 1:
                del self._rules[fault.fault_id]
        return fault


def _check(fault: Fault) -> None:
    """ValueError for a rule that has no effect or is impossible."""
    does = (fault.status, fault.truncate_at, fault.cut_stream_after)
    if not fault.drop and not fault.delay_s and all(value is None for value in does):
        raise ValueError("a fault needs status, drop, delay_s, truncate_at or cut_stream_after")
    if fault.status is not None and not 200 <= fault.status <= 599:
        raise ValueError("status must be from 200 to 599")


def _cut(stream: Iterator[list[bytes]], events: int) -> Iterator[list[bytes]]:
    """The stream up to `events` events, not counting pings, then a broken connection."""
    left = events
    try:
        for batch in stream if left > 0 else ():
            kept = []
            for payload in batch:
                kept.append(payload)
                left -= _PING not in payload
                if left <= 0:
                    break
            yield kept
            if left <= 0:
                break
        raise StreamCut
    finally:
        getattr(stream, "close", lambda: None)()

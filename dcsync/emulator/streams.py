"""The open event streams: filters, pings, and the two formats."""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Callable, Iterator

from dcsync.emulator.clock import CloudClock
from dcsync.emulator.device_filter import DeviceFilter
from dcsync.emulator.switches import Switches
from dcsync.emulator.telemetry import events
from dcsync.emulator.wire import HttpRequest, HttpResponse, Json, Refused, encode, error_body

_DURATION = re.compile(r"(\d+(?:\.\d+)?)s?")
_ALIVE_S = 2.0
_MOST_PENDING = 10_000
_GRPC = {400: 3, 401: 16, 403: 7, 404: 5, 429: 8, 500: 13, 503: 14, 504: 4}


class OpenStream:
    """An open stream. `offer` is thread-safe; `batches` is for its connection's thread."""

    def __init__(
        self,
        request: HttpRequest,
        project_id: str,
        key_id: str,
        switches: Switches,
        clock: CloudClock,
    ) -> None:
        self.project_id = project_id
        self.key_id = key_id
        self._wanted = DeviceFilter.of(request, switches.stream_label_filters)
        self._event_types = request.query.get("event_types", [])
        self._frame = framing(request)
        self._clock = clock
        pings = switches.ping_passes_filter or not self._event_types
        self._ping_s = _ping_interval(request, switches) if pings else None
        self._goodbye = encode(_error(504, "the stream session timed out", switches))
        self._opened = self._clock.now()
        self._end = _after(self._opened, switches.stream_max_s)
        self._pending: deque[bytes] = deque()
        self._changed = threading.Condition()
        self._closed = False

    def offer(self, event: Json, device: Json, payload: bytes) -> None:
        """Queue the event if it matches this stream's filter."""
        if self._event_types and event["eventType"] not in self._event_types:
            return
        if self._wanted.accepts(device):
            with self._changed:
                self._pending.append(payload)
                if len(self._pending) > _MOST_PENDING:
                    self._closed = True  # its reader sleeps: no server waits forever
                self._changed.notify()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()

    def batches(self) -> Iterator[list[bytes]]:
        """What to send next, event by event; an empty batch checks whether the client is
        connected."""
        quiet_since, ended = self._opened, False
        while not ended:
            batch, ended = self._next(quiet_since)
            now = self._clock.now()
            if self._end is not None and now >= self._end:
                batch, ended = [*batch, self._goodbye], True
            elif not batch and self._ping_s is not None and now >= quiet_since + self._ping_s:
                batch = [encode({"result": {"event": events.ping(self.project_id, now)}})]
            if batch:
                quiet_since = now
            yield [self._frame(payload) for payload in batch]

    def _next(self, quiet_since: float) -> tuple[list[bytes], bool]:
        """Pending payloads, and whether they are the last; waits for one, or for a while."""
        moments = [self._clock.now() + _ALIVE_S]
        if self._ping_s is not None:
            moments.append(quiet_since + self._ping_s)
        if self._end is not None:
            moments.append(self._end)
        with self._changed:
            if not self._pending and not self._closed:
                self._clock.wait(self._changed, min(moments))
            batch = list(self._pending)
            self._pending.clear()
            return batch, self._closed


class Streams:
    """All open streams of the cloud. `changed` guards them and is notified of changes."""

    def __init__(self) -> None:
        self._open: dict[str, set[OpenStream]] = {}
        self.changed = threading.Condition()

    def __len__(self) -> int:
        with self.changed:
            return sum(map(len, self._open.values()))

    def open(
        self,
        request: HttpRequest,
        project_id: str,
        key_id: str,
        switches: Switches,
        clock: CloudClock,
    ) -> HttpResponse:
        """The response to `devices:stream`; it includes all events from this moment."""
        most = switches.streams_per_account
        stream = OpenStream(request, project_id, key_id, switches, clock)
        with self.changed:
            if most is not None and self._held_by(stream.key_id) >= most:
                raise Refused(429, f"an account may hold {most} streams open")
            self._open.setdefault(stream.project_id, set()).add(stream)
            self.changed.notify_all()
        headers = {"Content-Type": switches.stream_content_type}
        if wants_sse(request):
            headers["Content-Type"] = "text/event-stream"
        batches = self._watched(stream)
        next(batches)  # started, so that closing it always removes the stream from the list
        return HttpResponse(200, headers=headers, stream=batches)

    def offer(self, event: Json, device: Json, project_id: str) -> None:
        with self.changed:
            of_project = tuple(self._open.get(project_id, ()))
        if of_project:
            payload = encode({"result": {"event": event}})
            for stream in of_project:
                stream.offer(event, device, payload)

    def close(self, project_id: str | None = None) -> None:
        """Close the open streams, of one project or all, as the server may at any time."""
        with self.changed:
            groups = [g for p, g in self._open.items() if project_id in {None, p}]
            for stream in [stream for group in groups for stream in group]:
                stream.close()

    def _held_by(self, key_id: str) -> int:
        return sum(s.key_id == key_id for group in self._open.values() for s in group)

    def _watched(self, stream: OpenStream) -> Iterator[list[bytes]]:
        try:
            yield []
            yield from stream.batches()
        finally:
            with self.changed:
                self._open[stream.project_id].discard(stream)
                self.changed.notify_all()


def wants_sse(request: HttpRequest) -> bool:
    return "text/event-stream" in request.headers.get("accept", "")


def framing(request: HttpRequest) -> Callable[[bytes], bytes]:
    """The format of a JSON payload: a line, or a server-sent event."""
    if wants_sse(request):
        return lambda payload: b"data: " + payload + b"\n\n"
    return lambda payload: payload + b"\n"


def refusal(request: HttpRequest, refused: Refused, switches: Switches) -> HttpResponse:
    """An error before the first event: the nested format, with the matching HTTP status."""
    kind = "text/event-stream" if wants_sse(request) else "application/json"
    body = framing(request)(encode(_error(refused.status, refused.message, switches)))
    return HttpResponse(refused.status, body, {"Content-Type": kind, **refused.headers})


def _error(status: int, message: str, switches: Switches) -> Json:
    """The nested error of docs/api.md section 5.3."""
    code = _GRPC.get(status, 2) if switches.stream_error_codes == "grpc" else status
    details = [{"help": error_body(status, message)["help"]}]
    return {"error": {"code": code, "message": message, "details": details}}


def _ping_interval(request: HttpRequest, switches: Switches) -> float | None:
    text = request.first("ping_interval")
    if not text:
        return switches.default_ping_interval_s
    match = _DURATION.fullmatch(text)
    if match is None or not float(match[1]) or float(match[1]) < switches.shortest_ping_s:
        raise Refused(400, "ping_interval must be a duration such as 10s")
    return float(match[1])


def _after(now: float, seconds: float | None) -> float | None:
    return None if seconds is None else now + seconds

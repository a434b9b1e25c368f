"""Parses HTTP/1.1 requests from a byte stream, strictly and with limits on size and time.

What two servers could read differently is refused. Knows no sockets.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from dcsync.dataclass import dataclass, field

Headers = tuple[tuple[str, str], ...]
"""Pairs of lower-case name and value, in order; a name may occur more than once."""

_MOST_HEADERS = 100
_LONGEST_CHUNK_LINE = 256
_TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_REQUEST_LINE = re.compile(rb"(%b) ([!-~]+) HTTP/([0-9])\.([0-9])" % _TOKEN)
_FIELD = re.compile(rb"(%b):[ \t]*([\t -~\x80-\xff]*?)[ \t]*" % _TOKEN)
_CHUNK = re.compile(rb"([0-9A-Fa-f]+)[ \t]*(?:;[\t -~\x80-\xff]*)?")
_BARE_LF = re.compile(rb"(?<!\r)\n")
_SINGLE = ("host", "content-length", "transfer-encoding")


class Refusal(Exception):
    """The request gets this status and reason, and the connection is closed."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one connection."""

    head_bytes: int = 65_536
    body_bytes: int = 1_048_576
    idle_s: float = 60.0
    """Until the first byte of a request."""
    request_s: float = 20.0
    """From the first byte of a request to the last, head and body together."""


@dataclass(frozen=True, slots=True)
class Head:
    """A request without its body."""

    method: str
    target: str
    minor: int
    headers: Headers = field(repr=False)

    def all(self, name: str) -> list[str]:
        """Every value of a header; `name` is in lower case."""
        return [value for each, value in self.headers if each == name]

    def first(self, name: str) -> str:
        """The first value of a header, "" if there is none."""
        return next(iter(self.all(name)), "")

    @property
    def is_chunked(self) -> bool:
        return bool(self.all("transfer-encoding"))

    @property
    def awaits_continue(self) -> bool:
        """Whether the client waits for `100 Continue` before it sends the body."""
        return self.minor > 0 and self.first("expect").lower() == "100-continue"

    @property
    def keeps(self) -> bool:
        """Whether the connection may be used for another request."""
        options = {
            each.strip().lower() for line in self.all("connection") for each in line.split(",")
        }
        return self.minor > 0 and "close" not in options


class RequestReader:
    """Reads the requests of one connection in turn: `head`, then `body`.

    `receive(timeout_s)` returns some bytes, b"" at the end of the stream, or raises TimeoutError.
    """

    def __init__(
        self,
        receive: Callable[[float], bytes],
        limits: Limits,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._receive = receive
        self._limits = limits
        self._now_s = now_s
        self._buffer = bytearray()
        self._deadline_s = 0.0

    def head(self) -> Head | None:
        """The next request; None if the client closed the connection or sends nothing."""
        self._deadline_s = self._now_s() + self._limits.idle_s
        try:
            if not self._buffer and not self._fill():
                return None
        except TimeoutError:
            return None
        self._deadline_s = self._now_s() + self._limits.request_s
        if self._buffer.startswith(b"\r"):  # RFC 9112 section 2.2: a leading empty line is ignored
            self._until(2)
            del self._buffer[: 2 * self._buffer.startswith(b"\r\n")]
            if not self._buffer and not self._more():
                return None
        return _head(self._block(b"\r\n\r\n", self._limits.head_bytes))

    def body(self, head: Head, invite: Callable[[], None]) -> bytes:
        """The whole body; `invite` is called if the client waits for `100 Continue`."""
        length = _length(head)
        if length is not None and length > self._limits.body_bytes:
            raise self._too_large()
        if head.awaits_continue:
            invite()
        return self._chunks() if length is None else self._take(length)

    def _chunks(self) -> bytes:
        body, framing = bytearray(), 0
        while True:
            line = self._block(b"\r\n", _LONGEST_CHUNK_LINE)
            match = _CHUNK.fullmatch(line)
            digits = match[1].lstrip(b"0") if match else b""
            if match is None:
                raise Refusal(400, "a chunk has an invalid size")
            if not digits:
                break
            if len(digits) > 8 or len(body) + int(digits, 16) > self._limits.body_bytes:
                raise self._too_large()
            framing += len(line)
            if framing > self._limits.head_bytes + len(body) * 8:
                raise Refusal(400, "the chunks are mostly framing")
            body += self._take(int(digits, 16))
            if self._take(2) != b"\r\n":
                raise Refusal(400, "a chunk is longer than its size")
        trailers = self._limits.head_bytes
        while line := self._block(b"\r\n", trailers):
            trailers -= len(line)
        return bytes(body)

    def _block(self, end: bytes, most: int) -> bytes:
        """The bytes before `end`, which is consumed too; Refusal if there are more than `most`."""
        searched = 0
        while (position := self._buffer.find(end, searched)) < 0:
            if len(self._buffer) > most:
                raise Refusal(431, f"more than {most} bytes")
            if _BARE_LF.search(self._buffer, searched):
                raise Refusal(400, "a line ends without a carriage return")
            searched = max(0, len(self._buffer) - len(end) + 1)
            self._need_more()
        if position > most:
            raise Refusal(431, f"more than {most} bytes")
        block = bytes(self._buffer[:position])
        del self._buffer[: position + len(end)]
        return block

    def _take(self, length: int) -> bytes:
        self._until(length)
        taken = bytes(self._buffer[:length])
        del self._buffer[:length]
        return taken

    def _until(self, length: int) -> None:
        while len(self._buffer) < length:
            self._need_more()

    def _need_more(self) -> None:
        if not self._more():
            raise Refusal(400, "the request is incomplete")

    def _more(self) -> bool:
        try:
            return self._fill()
        except TimeoutError:
            raise Refusal(
                408, f"the request takes more than {self._limits.request_s:g} s"
            ) from None

    def _fill(self) -> bool:
        left_s = self._deadline_s - self._now_s()
        if left_s <= 0:
            raise TimeoutError
        received = self._receive(left_s)
        self._buffer += received
        return bool(received)

    def _too_large(self) -> Refusal:
        return Refusal(413, f"more than {self._limits.body_bytes} bytes")


def _head(block: bytes) -> Head:
    first, *lines = block.split(b"\r\n")
    match = _REQUEST_LINE.fullmatch(first)
    if match is None:
        raise Refusal(400, "not an HTTP request")
    if match[3] != b"1":
        raise Refusal(505, "only HTTP/1 is supported")
    if len(lines) > _MOST_HEADERS:
        raise Refusal(431, f"more than {_MOST_HEADERS} headers")
    fields = [_FIELD.fullmatch(line) for line in lines]
    headers = tuple(
        (each[1].decode().lower(), each[2].decode("latin-1")) for each in fields if each
    )
    if len(headers) < len(fields):
        raise Refusal(400, "a malformed header")
    for name in _SINGLE:
        if sum(each == name for each, _ in headers) > 1:
            raise Refusal(400, f"{name} is present more than once")
    return Head(match[1].decode(), match[2].decode(), min(int(match[4]), 1), headers)


def _length(head: Head) -> int | None:
    """The length of the body; None if it is chunked."""
    coding, length = head.all("transfer-encoding"), head.all("content-length")
    if coding:
        if length or not head.minor:
            raise Refusal(400, "transfer-encoding together with other framing")
        if coding[0].lower() != "chunked":
            raise Refusal(501, "the only supported transfer-encoding is chunked")
        return None
    if not length:
        return 0
    if re.fullmatch("[0-9]+", length[0]) is None:
        raise Refusal(400, "content-length is not a number")
    digits = length[0].lstrip("0") or "0"
    return int(digits) if len(digits) < 16 else 10**15

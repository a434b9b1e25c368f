"""Splits a stream, in JSON lines or Server-Sent Events, into JSON documents. Pure.

Lines end with a line feed only: a label may hold other characters that `str.splitlines` takes for
the end of a line (docs/api.md section 5).
"""

from __future__ import annotations

from collections.abc import Iterable

from dcsync.errors import InvalidResponse

LONGEST_LINE = 16 * 2**20

_SSE_STARTS = (b":", b"e", b"i", b"r")
"""First bytes of SSE lines without data: comments, `event`, `id`, `retry`."""


class Lines:
    """Splits pieces into lines without their line feed; the last line may lack one."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    def feed(self, piece: bytes) -> list[bytes]:
        """The lines that are complete with this piece."""
        first, *others = piece.split(b"\n")
        self._parts.append(first)
        self._size += len(first)
        if not others:
            if self._size > LONGEST_LINE:
                raise InvalidResponse("the stream sends a line that is too long")
            return []
        *whole, rest = others
        found = [b"".join(self._parts), *whole]
        self._parts, self._size = [rest], len(rest)
        return found

    def end(self) -> list[bytes]:
        """What follows the last line feed, if anything."""
        return list(filter(None, [b"".join(self._parts)]))


class Payloads:
    """Finds documents: an object on a line of its own, or the joined `data:` lines up to a blank
    one."""

    def __init__(self) -> None:
        self._lines = Lines()
        self._data: list[bytes] = []
        self._size = 0

    def feed(self, piece: bytes) -> list[bytes]:
        """The documents that are complete with this piece."""
        return self._of(self._lines.feed(piece))

    def end(self) -> list[bytes]:
        """The unfinished document at the end of the stream, if any."""
        return [*self._of(self._lines.end()), *filter(None, [b"\n".join(self._data)])]

    def _of(self, lines: Iterable[bytes]) -> list[bytes]:
        found: list[bytes] = []
        for line in lines:
            if line[:1] == b"{":
                found.append(line)
            elif line[:5] == b"data:":
                self._data.append(line[5:].removeprefix(b" "))
                self._size += len(line)
                if self._size > LONGEST_LINE:
                    raise InvalidResponse("the stream sends an event that is too long")
            elif self._data and not line.strip():
                found.append(b"\n".join(self._data))
                self._data, self._size = [], 0
            elif line[:1] not in _SSE_STARTS and line.strip():
                found.append(line)  # unknown: the reader of the stream reports it
        return found

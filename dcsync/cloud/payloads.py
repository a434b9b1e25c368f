"""The JSON texts in a stream, whether it comes as JSON lines or as Server-Sent Events. Pure.

Bytes are split on line feeds only: a label may hold characters that text-mode splitting takes for
the end of a line (docs/api.md section 5).
"""

from __future__ import annotations

from collections.abc import Iterable

from dcsync.errors import AnswerInvalid

LONGEST_LINE = 16 * 2**20

_SSE_STARTS = (b":", b"e", b"i", b"r")
"""How the lines of SSE begin that hold no data: a comment, `event`, `id`, `retry`."""


class Lines:
    """Lines without their line feed, as soon as they are whole; the last one may lack it."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    def feed(self, piece: bytes) -> list[bytes]:
        """The lines that this piece ends."""
        first, *others = piece.split(b"\n")
        self._parts.append(first)
        self._size += len(first)
        if not others:
            if self._size > LONGEST_LINE:
                raise AnswerInvalid("the stream sends a line without end")
            return []
        *whole, rest = others
        found = [b"".join(self._parts), *whole]
        self._parts, self._size = [rest], len(rest)
        return found

    def end(self) -> list[bytes]:
        """What came after the last line feed, if anything did."""
        return list(filter(None, [b"".join(self._parts)]))


class Payloads:
    """An object on a line of its own is one; so are the `data:` lines up to a blank one, joined."""

    def __init__(self) -> None:
        self._lines = Lines()
        self._data: list[bytes] = []
        self._size = 0

    def feed(self, piece: bytes) -> list[bytes]:
        """The texts that this piece ends."""
        return self._of(self._lines.feed(piece))

    def end(self) -> list[bytes]:
        """What the stream ended in the middle of."""
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
                    raise AnswerInvalid("the stream sends an event without end")
            elif self._data and not line.strip():
                found.append(b"\n".join(self._data))
                self._data, self._size = [], 0
            elif line[:1] not in _SSE_STARTS and line.strip():
                found.append(line)  # nothing that is known: the reader reports it
        return found

"""The bytes of a streamed answer as they arrive, at little cost for each event.

A server sends each event as a chunk of its own. http.client and urllib3 take some 10 µs for a
chunk; here one receive gives all the chunks that are there, which are taken apart at once.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from http.client import HTTPException

PIECE = 65536
LONGEST_SIZE = 4096
"""Bytes of a line that says how long a chunk is, with its extensions."""
_HEAD = re.compile(rb"\s*([0-9a-fA-F]{1,15})[ \t]*(?:;[^\n]*)?\r?\n")
"""The end of the chunk before, and the line that says how long this one is."""


class CutShort(HTTPException):
    """The connection ended before the answer did, or its chunks make no sense."""


def received(arriving: io.BufferedReader) -> Iterator[bytes]:
    """What each receive gives, until the end; into one buffer for the life of the stream.

    A receive into a new object of this size, cut to what came, leaves a hole in the heap: with
    hundreds of streams in one process these add up to megabytes a second.
    """
    # Empties the reader's own buffer first: readinto1 takes that, and then waits for more.
    yield arriving.read1()
    buffer = memoryview(bytearray(PIECE))
    while size := arriving.readinto1(buffer):
        yield bytes(buffer[:size])


def dechunked(arriving: Iterable[bytes]) -> Iterator[bytes]:
    """The content of chunked transfer encoding (RFC 9112 section 7.1), a piece for each that
    arrives.

    Nothing is held back: what has arrived of an unfinished chunk is given, too.
    """
    rest, left = b"", 0
    for piece in arriving:
        data = rest + piece if rest else piece
        content: list[bytes] = []
        position, end = 0, len(data)
        while position < end:
            if not left:
                head = _HEAD.match(data, position)
                if head is None:
                    break
                position, left = head.end(), int(head[1], 16)
                if not left:
                    yield from filter(None, [b"".join(content)])
                    return
            part = data[position : position + left]
            content.append(part)
            position += len(part)
            left -= len(part)
        rest = data[position:]
        if len(rest) > LONGEST_SIZE or b"\n" in rest.lstrip():
            raise CutShort
        yield from filter(None, [b"".join(content)])
    raise CutShort

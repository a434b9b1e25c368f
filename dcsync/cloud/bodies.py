"""The body of a response, unpacked within bounds: what is sent small may be huge. Pure."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

LARGEST_BODY = 16 * 2**20
"""Bytes; a page of 1000 events is some 3 MB, one of 100 connectors some 100 kB."""

_GZIP, _ZLIB = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS
_WINDOW_BITS = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": _ZLIB}


class TooLarge(Exception):
    """The body has more than LARGEST_BODY bytes."""


class Garbled(Exception):
    """The body is not packed as the headers say."""


def unpacked(pieces: Iterable[bytes], encoding: str) -> bytes:
    """The body that comes in these pieces in a Content-Encoding, of which one is undone."""
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return _joined(pieces)
    if encoding not in _WINDOW_BITS:
        raise Garbled
    return _unzipped(pieces, _WINDOW_BITS[encoding])


def _joined(pieces: Iterable[bytes]) -> bytes:
    found, size = [], 0
    for piece in pieces:
        size += len(piece)
        if size > LARGEST_BODY:
            raise TooLarge
        found.append(piece)
    return b"".join(found)


def _unzipped(pieces: Iterable[bytes], window_bits: int) -> bytes:
    unzip = zlib.decompressobj(window_bits)
    found, size = [], 0
    for piece in pieces:
        try:
            part = unzip.decompress(piece, LARGEST_BODY + 1 - size)
        except zlib.error:
            raise Garbled from None
        size += len(part)
        if size > LARGEST_BODY:
            raise TooLarge
        found.append(part)
    if found and not unzip.eof:
        raise Garbled
    return b"".join(found)

"""Decompresses response bodies up to a size limit, against zip bombs. Pure."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

LARGEST_BODY = 16 * 2**20
"""Bytes; a page of 1000 events is some 3 MB, one of 100 connectors some 100 kB."""

_GZIP, _ZLIB = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS
_WINDOW_BITS = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": _ZLIB}


class TooLarge(Exception):
    """The body exceeds the size limit."""


class BadEncoding(Exception):
    """The body is not encoded as its Content-Encoding says."""


def unpacked(pieces: Iterable[bytes], encoding: str, most: int) -> bytes:
    """The decoded body; one Content-Encoding is supported, a list of several is not.

    TooLarge if it has more than `most` bytes.
    """
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return _joined(pieces, most)
    if encoding not in _WINDOW_BITS:
        raise BadEncoding
    return _unzipped(pieces, _WINDOW_BITS[encoding], most)


def _joined(pieces: Iterable[bytes], most: int) -> bytes:
    found, size = [], 0
    for piece in pieces:
        size += len(piece)
        if size > most:
            raise TooLarge
        found.append(piece)
    return b"".join(found)


def _unzipped(pieces: Iterable[bytes], window_bits: int, most: int) -> bytes:
    unzip = zlib.decompressobj(window_bits)
    found, size = [], 0
    for piece in pieces:
        try:
            part = unzip.decompress(piece, most + 1 - size)
        except zlib.error:
            raise BadEncoding from None
        size += len(part)
        if size > most:
            raise TooLarge
        found.append(part)
    if found and not unzip.eof:
        raise BadEncoding
    return b"".join(found)

"""Heads of HTTP messages: requests' are written in one piece, responses' are read at once.

http.client writes a head line by line and reads it with email's parser: half of the CPU of a call.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from http import client
from io import BytesIO
from types import FunctionType
from typing import IO

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t -~\x80-\xff]*")
_TARGET = re.compile("[!-~]+")
_FIELD = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t -~\x80-\xff]*)\r?\n")


MOST_LINES, LONGEST_LINE = 100, 65_536
"""http.client's limits."""


class HeaderError(ValueError):
    """The name of a header that cannot be sent."""


def request_head(method: str, target: str, headers: Mapping[str, str]) -> bytes:
    """The first line and the headers, without the empty line. ValueError for what would end a line
    early."""
    if not (_NAME.fullmatch(method) and _TARGET.fullmatch(target)):
        raise ValueError("the request line cannot be sent")
    return f"{method} {target} HTTP/1.1\r\n".encode("ascii") + header_lines(headers)


def header_lines(headers: Mapping[str, str]) -> bytes:
    """HeaderError for what would end the line, or is no character of a header."""
    is_plain = _NAME.fullmatch("".join(headers)) and _VALUE.fullmatch("".join(headers.values()))
    if not is_plain or "" in headers:
        raise HeaderError(next(each for each in headers.items() if not _fits(*each))[0])
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode("latin-1")


def _fits(name: str, value: str) -> bool:
    return bool(_NAME.fullmatch(name) and _VALUE.fullmatch(value))


def parse_headers(file: IO[bytes], *_: object, **__: object) -> client.HTTPMessage:
    """What http.client's function of this name returns; where a line is odd it decides."""
    lines = list(_lines(file))
    message = client.HTTPMessage()
    for line in lines:
        field = _FIELD.fullmatch(line.decode("latin-1"))
        if field is None:
            return client.parse_headers(BytesIO(b"".join(lines)))
        message[field[1]] = field[2]
    return message


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    """The lines before the empty one, or the end."""
    for _ in range(MOST_LINES):
        line = file.readline(LONGEST_LINE + 1)
        if line in {b"\r\n", b"\n", b""}:
            return
        if len(line) > LONGEST_LINE:
            raise client.LineTooLong("header line")
        yield line
    raise client.HTTPException("too many headers")


begin = FunctionType(
    client.HTTPResponse.begin.__code__, {**vars(client), "parse_headers": parse_headers}, "begin"
)
"""`HTTPResponse.begin`, with this parser of headers."""
begin.__kwdefaults__ = client.HTTPResponse.begin.__kwdefaults__

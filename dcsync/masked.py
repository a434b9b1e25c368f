"""Masks URLs and other fields from outside: only what is plain is shown. Pure.

Fails closed: a string is shown only as far as it certainly is scheme, host, port and path, or a
name as cloud providers assign them; anything else may be a credential. No URL parser is trusted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

HIDDEN = "…"

_ESCAPE = r"%(?![01]|7f|2[2356f]|3[a-f]|40|5[b-d])[0-9a-f]{2}"
"""An escaped plain character; an escaped delimiter may be decoded by another parser."""
_ANY_URL = r"(?i:\b([a-z][a-z0-9+.-]*://)[^\s'\"]+)"
_SCHEME = re.compile(r"(?:https?|sb|api)://", re.IGNORECASE)


class Piece(NamedTuple):
    """A part of a string, and whether it may be shown."""

    text: str
    plain: bool


def masked_words(text: str) -> str:
    """A sentence in which every URL is only its scheme: one typed in the wrong place."""
    return re.sub(_ANY_URL, rf"\1{HIDDEN}", text)


def masked_url(url: str) -> str:
    """A URL as it may be shown: what is not plain becomes `…`."""
    return _masked(url_pieces(url))


def masked_field(name: str, text: str) -> str:
    """The same for the field `name` of a config: a URL, a topic, an ARN, an id."""
    return _masked(field_pieces(name, text))


def field_pieces(name: str, text: str, stand_in: str = "") -> tuple[Piece, ...]:
    """The parts of a config field in order; joined they are `text`.

    `stand_in` is a character that may replace anything plain.
    """
    is_url = name.lower().endswith("url") or _SCHEME.match(text)
    if not is_url and _name_pattern(stand_in).fullmatch(text):
        return (Piece(text, plain=True),)
    return url_pieces(text, stand_in)


def url_pieces(url: str, stand_in: str = "") -> tuple[Piece, ...]:
    """The parts of a URL. Not plain are its user part and its end, from the first query, fragment,
    parameter or doubtful segment on."""
    return tuple(piece for piece in _url_pieces(url, _url_pattern(stand_in)) if piece.text)


@cache
def _url_pattern(stand_in: str) -> re.Pattern[str]:
    word = rf"[\w{stand_in}]"
    return re.compile(
        rf"(?P<scheme>{_SCHEME.pattern})"
        r"(?P<user>[^/?#\\]*@)?"
        rf"(?P<host>(?:{word}(?:[\w.{stand_in}-]*{word})?|\[[0-9a-f:.]+\])"
        rf"(?::[0-9{stand_in}]{{1,5}})?)(?=[/?#]|\Z)"
        rf"(?P<path>(?:/(?:[\w.~!$'()*+,/:{stand_in}-]|{_ESCAPE})*)?)"
        r"(?P<rest>.*)",
        re.IGNORECASE | re.DOTALL,
    )


@cache
def _name_pattern(stand_in: str) -> re.Pattern[str]:
    """An id, a topic, an audience or an ARN."""
    path = rf"(?://)?[\w{stand_in}](?:[\w.~+/{stand_in}-]|{_ESCAPE})*"
    arn = rf"arn(?::[\w{stand_in}-]*){{4}}:[\w.+,/:{stand_in}-]+"
    return re.compile(f"{path}|{arn}", re.IGNORECASE)


def _url_pieces(url: str, pattern: re.Pattern[str]) -> Iterator[Piece]:
    found = pattern.fullmatch(url)
    if found is None or _is_doubtful(found):
        scheme = _SCHEME.match(url)
        start = scheme.end() if scheme else 0
        yield Piece(url[:start], plain=True)
        yield Piece(url[start:], plain=False)
        return
    user = found["user"] or ""
    end = _end_of_plain(found)
    yield Piece(found["scheme"], plain=True)
    yield Piece(user[:-1], plain=False)
    yield Piece("@" * bool(user) + url[found.start("host") : end], plain=True)
    yield Piece(url[end:], plain=False)


def _is_doubtful(url: re.Match[str]) -> bool:
    """Whether a parser could take another part for the host."""
    return "\\" in url[0] or ("@" in url["rest"] and not url["path"])


def _end_of_plain(url: re.Match[str]) -> int:
    """After the delimiter that ends the path, or after the last complete segment."""
    rest = url["rest"]
    if not rest:
        return url.end()
    if rest[0] in "?#;":
        return url.start("rest") + 1
    return url.start("path") + url["path"].rindex("/") + 1


def _masked(pieces: tuple[Piece, ...]) -> str:
    return "".join(piece.text if piece.plain else HIDDEN for piece in pieces)

"""What is shown for a string that may be secret: references as written, the rest as `…`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dcsync.declare.references.notation import Parts
from dcsync.masked import HIDDEN, Piece, field_pieces, url_pieces
from dcsync.model import SENSITIVE

_STAND_INS = range(0xE000, 0xF8FF)
"""Private-use characters; one that the string does not contain replaces each reference."""
_ITEM_NAME = r"[\w.-]+"


def shown_secret(parts: Parts) -> str:
    """For fields that are always secret: only references are shown."""
    if all(isinstance(part, str) for part in parts):
        return SENSITIVE
    return "".join(HIDDEN if isinstance(part, str) else str(part) for part in parts)


def shown_text(parts: Parts) -> str:
    """For other fields: what is not secret stays, references included; in the query of a URL the
    names and references."""
    literals = "".join(part for part in parts if isinstance(part, str))
    stand_in = next(each for each in map(chr, _STAND_INS) if each not in literals)
    template = "".join(part if isinstance(part, str) else stand_in for part in parts)
    references = iter([str(part) for part in parts if not isinstance(part, str)])
    shown = "".join(_shown(_pieces(template, stand_in), stand_in))
    return re.sub(stand_in, lambda _: next(references), shown)


def _pieces(template: str, stand_in: str) -> tuple[Piece, ...]:
    """The pieces of a field; a reference at its start may hold a URL's scheme, host, or more."""
    if template.startswith(stand_in):
        return url_pieces(f"https://{template}", stand_in)[1:]
    return field_pieces("", template, stand_in)


def _shown(pieces: tuple[Piece, ...], stand_in: str) -> Iterator[str]:
    literal = re.compile(f"[^{stand_in}]+")
    before = ""
    for piece in pieces:
        if piece.plain:
            yield piece.text
        elif before.endswith("?"):
            yield "&".join(_masked_item(item, literal) for item in piece.text.split("&"))
        else:
            yield literal.sub(HIDDEN, piece.text)
        before = piece.text


def _masked_item(item: str, literal: re.Pattern[str]) -> str:
    name, equals, value = item.partition("=")
    if equals and re.fullmatch(_ITEM_NAME, name):
        return f"{name}={literal.sub(HIDDEN, value)}"
    return literal.sub(HIDDEN, item)

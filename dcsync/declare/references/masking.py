"""What stands for a string that may be secret: its references as written, its literals as `…`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dcsync.declare.references.notation import Parts
from dcsync.masked import HIDDEN, Piece, field_pieces, url_pieces
from dcsync.model import SENSITIVE

_STAND_INS = [chr(code) for code in range(0xE000, 0xF8FF)]
"""Characters that mean nothing: one that the string does not have is put where a reference is."""
_ITEM_NAME = re.compile(r"[\w.-]+")


def shown_secret(parts: Parts) -> str:
    """For what is always secret: only references are shown."""
    if all(isinstance(part, str) for part in parts):
        return SENSITIVE
    return "".join(HIDDEN if isinstance(part, str) else str(part) for part in parts)


def shown_text(parts: Parts) -> str:
    """For other fields: what is plain stays, a reference being plain wherever it stands; of what
    follows in a URL, references and the names of a query.
    """
    literals = "".join(part for part in parts if isinstance(part, str))
    stand_in = next(each for each in _STAND_INS if each not in literals)
    text = "".join(part if isinstance(part, str) else stand_in for part in parts)
    references = iter([str(part) for part in parts if not isinstance(part, str)])
    shown = "".join(_shown(_pieces(text, stand_in), stand_in))
    return re.sub(stand_in, lambda _: next(references), shown)


def _pieces(text: str, stand_in: str) -> tuple[Piece, ...]:
    """A reference at the start may hold a URL's scheme and host, or more."""
    if text.startswith(stand_in):
        return url_pieces(f"https://{text}", stand_in)[1:]
    return field_pieces("", text, stand_in)


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
    if equals and _ITEM_NAME.fullmatch(name):
        return f"{name}={literal.sub(HIDDEN, value)}"
    return literal.sub(HIDDEN, item)

"""What stands for a text that may be secret: its references as written, its literals as `…`."""

from __future__ import annotations

import re
from itertools import zip_longest

from dcsync.declare.references import Parts
from dcsync.model import SENSITIVE

MASK = "…"

_REFERENCE = re.compile(r"\$\{[^}]*\}")
_USER = re.compile(r"(?<=://)[^/?#]*(?=@)")


def shown_secret(parts: Parts) -> str:
    """For what is always secret: only references are shown."""
    if all(isinstance(part, str) for part in parts):
        return SENSITIVE
    return "".join(MASK if isinstance(part, str) else str(part) for part in parts)


def shown_text(parts: Parts) -> str:
    """For other fields: literals stay, but for the user and the query values of a URL."""
    before, mark, query = "".join(map(str, parts)).partition("?")
    user_masked = _USER.sub(lambda user: _mask_literals(user[0]), before)
    return user_masked + mark + "&".join(map(_mask_item, query.split("&")))


def _mask_item(item: str) -> str:
    name, equals, value = item.partition("=")
    return name + equals + _mask_literals(value) if equals else _mask_literals(item)


def _mask_literals(text: str) -> str:
    literals = [MASK if literal else "" for literal in _REFERENCE.split(text)]
    references = _REFERENCE.findall(text)
    return "".join(a + b for a, b in zip_longest(literals, references, fillvalue=""))

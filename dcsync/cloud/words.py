"""What of a server's own words may be shown, where they may repeat a secret in any disguise.

A server that echoes a request has every encoding there is to do so, doubled, split and mixed. To
undo those that are known lets the others through. So it is the other way round: a message is shown
only if it is made of words that error messages are made of (`vocabulary`), of what the path and
the open fields of the request say, and of two numbers at most that limits often are; and then only
if it repeats no part of a secret, which may be made of such words itself. What stands in quotes,
as what servers echo does, and is not made of them is left out. All else is withheld whole: the
status and its meaning are shown anyway.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from http import HTTPStatus
from typing import Any

from dcsync.cloud.secrets import Secrets
from dcsync.cloud.vocabulary import NUMBERS, WORDS

WITHHELD = "the server's message is withheld, it may repeat a secret"
LONGEST = 300
"""Characters of a server's message that are shown."""
MOST_NUMBERS = 2
MOST_LEFT_OUT = 3
SHORTEST_NAME = 3
"""Characters of what is left in its quotes: single ones could spell something."""
MOST_REPEATS = 4
"""Of one word: more of them could count something out."""

_QUOTED = re.compile(r"""(?<!\w)(["'`])((?:(?!\1).)*?)\1(?!\w)""")
_LEFT_OUT = "…"
_NUMBER = re.compile("([0-9]{1,5})(?:s|ms)?").fullmatch
_WORD = re.compile(r"""["'`(]{0,2}(.*?)["'`.,:;)]{0,3}""").fullmatch
_OPEN_FIELDS = ("displayName", "type", "status", "events", "labels")
"""Fields of a body that hold no secret, and that plans show; the names of headers are others."""


def presentable(text: str, secrets: Secrets, own: Collection[str] = ()) -> str:
    """`text` on one line where it may be shown, else WITHHELD; `own` are words of the request."""
    if not text.strip():
        return ""
    message = " ".join(_QUOTED.sub(lambda each: _quote(each, own), text).split())
    if len(message) > LONGEST or not _is_plain(message, own) or secrets.are_in(message):
        return WITHHELD
    return message


def meaning_of(status: int) -> str:
    """The standard phrase of a status, "" for one that has none."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def own_words(path: str, body: Mapping[str, Any] | None) -> set[str]:
    """What a message may say of the request: ids of its path and its open fields."""
    return {*path.split("/"), *_open_words(body or {})} - {""}


def _open_words(body: Mapping[str, Any]) -> Iterator[str]:
    for key in _OPEN_FIELDS:
        value = body.get(key)
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str):
                yield from text.split()
    config = body.get("httpConfig")
    headers = config.get("headers") if isinstance(config, Mapping) else None
    yield from headers if isinstance(headers, Mapping) else ()


def _quote(quoted: re.Match[str], own: Collection[str]) -> str:
    is_name = len(quoted[2]) >= SHORTEST_NAME and _is_plain(quoted[2], own)
    return quoted[0] if is_name else _LEFT_OUT


def _is_plain(message: str, own: Collection[str]) -> bool:
    bare = [_bare(token) for token in message.split()]
    words = [word for word in bare if word != _LEFT_OUT]
    numbers = [word for word in words if _is_number(word)]
    counts = Counter(words)
    return (
        len(numbers) <= MOST_NUMBERS
        and all(word in own or _is_number(word) or _is_known(word) for word in words)
        and max(counts.values(), default=0) <= MOST_REPEATS
        and len(bare) - len(words) <= MOST_LEFT_OUT
    )


def _bare(token: str) -> str:
    """A token without the punctuation of a sentence around it; itself where there is no more."""
    match = _WORD(token)
    return (match and match[1]) or token


def _is_number(word: str) -> bool:
    match = _NUMBER(word)
    return match is not None and match[1] in NUMBERS


def _is_known(word: str) -> bool:
    """In the vocabulary, at the start of a sentence and as part of a path too: `config.url`."""
    if word in WORDS or (word.istitle() and word.lower() in WORDS):
        return True
    return "." in word and all(part in WORDS for part in word.split("."))

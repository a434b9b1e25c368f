"""Decides how much of a server's message may be shown: it may repeat a secret in any encoding.

A server that echoes a request can encode it in any way, doubled, split and mixed; decoding the
known ways would let the others through. So this is an allowlist: a message is shown only if it
consists of common words of error messages (`vocabulary`), of words in the path and the non-secret
fields of the request, and of at most two numbers that are common limits; and only if it repeats no
part of a secret, which may consist of such words itself. Other words in quotes, as servers quote
what they echo, are left out. Any other message is withheld as a whole; the status and its reason
phrase are shown anyway.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from http import HTTPStatus
from typing import Any

from dcsync.cloud.messages.secrets import Secrets
from dcsync.cloud.messages.vocabulary import NUMBERS, WORDS

WITHHELD = "the server's message is withheld, it may repeat a secret"
LONGEST = 300
"""Characters of a server's message that are shown."""
MOST_NUMBERS = 2
MOST_LEFT_OUT = 3
SHORTEST_NAME = 3
"""Fewer characters in quotes are left out: single letters could spell something."""
MOST_REPEATS = 4
"""Of one word: more repetitions could encode a number."""

_QUOTED = re.compile(r"""(?<!\w)(["'`])((?:(?!\1).)*?)\1(?!\w)""")
_LEFT_OUT = "…"
_NUMBER = re.compile("([0-9]{1,5})(?:s|ms)?").fullmatch
_WORD = re.compile(r"""["'`(]{0,2}(.*?)["'`.,:;)]{0,3}""").fullmatch
_OPEN_FIELDS = ("displayName", "type", "status", "events", "labels")
"""Fields of a body that are not secret, and shown in plans; so are the names of headers."""


def presentable(raw: str, secrets: Secrets, own: Collection[str] = ()) -> str:
    """`raw` on one line if it may be shown, else WITHHELD; `own` are words of the request."""
    if not raw.strip():
        return ""
    message = " ".join(_QUOTED.sub(lambda each: _quote(each, own), raw).split())
    if len(message) > LONGEST or not _is_plain(message, own) or secrets.are_in(message):
        return WITHHELD
    return message


def reason_phrase(status: int) -> str:
    """The standard reason phrase of a status, "" if it has none."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def request_words(path: str, body: Mapping[str, Any] | None) -> set[str]:
    """Words of the request that a message may repeat: from its path and non-secret fields."""
    return {*path.split("/"), *_open_words(body or {})} - {""}


def _open_words(body: Mapping[str, Any]) -> Iterator[str]:
    for key in _OPEN_FIELDS:
        value = body.get(key)
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, str):
                yield from each.split()
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
    """A token without surrounding punctuation, unless it is nothing else."""
    match = _WORD(token)
    return (match and match[1]) or token


def _is_number(word: str) -> bool:
    match = _NUMBER(word)
    return match is not None and match[1] in NUMBERS


def _is_known(word: str) -> bool:
    """Whether it is in the vocabulary, capitalized or as a dotted path too: `config.url`."""
    if word in WORDS or (word.istitle() and word.lower() in WORDS):
        return True
    return "." in word and all(part in WORDS for part in word.split("."))

"""The secrets that a client has sent or seen, to check whether a string reveals one.

Compared in a normalized form, so that case, spaces and punctuation make no difference. Other
encodings are not decoded here: `server_messages` lets none of them through.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

WINDOW = 5
"""A run of this many characters of a secret reveals it."""
WORD = 4
"""So does a word of this length that is part of a secret: words may be reordered."""
SHORT = 3
"""A secret this short is searched for as a word only: as a run it would be in any string."""
GUESSABLE, LEAST_DIGITS = 12, 1
"""Of a secret this short not even one digit may be shown."""


class Secrets:
    """A set that only grows; safe to share between threads."""

    def __init__(self) -> None:
        self._values: set[str] = set()

    def __repr__(self) -> str:
        return f"Secrets({len(self._values)})"

    def add(self, values: Iterable[str]) -> None:
        """Add these secrets."""
        self._values.update(filter(None, values))

    def are_in(self, text: str) -> bool:
        """Whether the string repeats any of them, in whole or in part."""
        words = set(_words(text))
        run = "".join(_words(text))
        return any(_reveals(value, words, run) for value in self._values.copy())


def _words(text: str) -> list[str]:
    """Runs of letters and of digits, casefolded; camelCase is several words."""
    plain = unicodedata.normalize("NFKC", text)
    separated = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", plain)
    return [word.casefold() for word in re.findall(r"[^\W\d_]+|\d+", separated)]


def _reveals(secret: str, words: set[str], run: str) -> bool:
    secret_words = _words(secret)
    secret_run = "".join(secret_words)
    if secret_words and words.issuperset(secret_words):
        return True
    if len(secret_run) <= SHORT:
        return False
    least = LEAST_DIGITS if len(secret_run) <= GUESSABLE else WORD
    return any(
        len(word) >= (least if word.isdecimal() else WORD) and word in secret_run for word in words
    ) or any(secret_run[start : start + WINDOW] in run for start in _starts(secret_run))


def _starts(run: str) -> range:
    return range(max(len(run) - WINDOW, 0) + 1)

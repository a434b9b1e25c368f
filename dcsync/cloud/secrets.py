"""The secrets that a client has sent or seen, for one question: does a text give one away?

Compared in a normal form, so that case, spaces and punctuation between the letters hide nothing.
Other disguises are not undone here: `words` lets none of them through.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

WINDOW = 5
"""A run of a secret this long gives it away."""
WORD = 4
"""A word this long that is in a secret gives it away, too: words may come in another order."""
SHORT = 3
"""A secret of so few characters is looked for as a word: as a run it would be in any text."""
GUESSABLE, LEAST_DIGITS = 12, 1
"""Of a secret of so few characters not even a digit may be told."""


class Secrets:
    """Only ever grows; safe to share between threads."""

    def __init__(self) -> None:
        self._values: set[str] = set()

    def __repr__(self) -> str:
        return f"Secrets({len(self._values)})"

    def add(self, values: Iterable[str]) -> None:
        """Remember these as well."""
        self._values.update(filter(None, values))

    def are_in(self, text: str) -> bool:
        """Whether the text repeats any of them, whole or in part."""
        words = set(_words(text))
        run = "".join(_words(text))
        return any(_gives_away(value, words, run) for value in self._values.copy())


def _words(text: str) -> list[str]:
    """Runs of letters, and of digits, without regard to case; camelCase is several words."""
    plain = unicodedata.normalize("NFKC", text)
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", plain)
    return [word.casefold() for word in re.findall(r"[^\W\d_]+|\d+", apart)]


def _gives_away(secret: str, words: set[str], run: str) -> bool:
    own_words = _words(secret)
    own_run = "".join(own_words)
    if own_words and words.issuperset(own_words):
        return True
    if len(own_run) <= SHORT:
        return False
    least = LEAST_DIGITS if len(own_run) <= GUESSABLE else WORD
    return any(
        len(word) >= (least if word.isdecimal() else WORD) and word in own_run for word in words
    ) or any(own_run[start : start + WINDOW] in run for start in _starts(own_run))


def _starts(run: str) -> range:
    return range(max(len(run) - WINDOW, 0) + 1)

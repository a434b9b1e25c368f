"""Suggests the closest known word for a misspelled one."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant; case, `-` and `_` hardly matter."""
    import difflib

    folded = {_fold(candidate): candidate for candidate in known}
    close = difflib.get_close_matches(_fold(word), folded, 1, 0.6)
    return folded[close[0]] if close else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The end of a message: ` (did you mean 'labels'?)`, or ""."""
    match = nearest(word, known)
    return f" (did you mean {match!r}?)" if match else ""


def _fold(word: str) -> str:
    return word.casefold().replace("-", "").replace("_", "")

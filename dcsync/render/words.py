"""Small pieces of text that several renderers share. Returns strings, prints nothing."""

from __future__ import annotations

from collections.abc import Callable

Style = Callable[[str, str], str]
"""(text, style) to the text, in colour or not."""


def plain(text: str, style: str) -> str:  # noqa: ARG001 - the signature of a Style
    """A Style that leaves the text as it is."""
    return text


def visible(text: str) -> str:
    """The text without characters that could move a cursor, start a line or hide others.

    Names come from the cloud, where anyone with the console can write what he likes.
    """
    if text.isprintable():  # most are: a tenth of the time
        return text
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


def quoted(text: str) -> str:
    """A name in double quotes, its own quotes and invisible characters escaped."""
    return '"' + visible(text.replace("\\", "\\\\").replace('"', '\\"')) + '"'


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")

"""Makes strings from outside safe to print, and combines them.

Whatever somebody else wrote (names, paths, ids, what servers say) goes through `visible`, best as
the whole line that it stands in. It gives `Visible`, and everything that prints takes only that:
mypy finds what was forgotten. Nothing else makes one but the functions of this module.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NewType

from dcsync.errors import DcsyncError

Visible = NewType("Visible", str)
"""A string that is safe to print: it moves no cursor, hides nothing and commands no CI system."""

Annotations = NewType("Annotations", str)
"""Commands for GitHub's runner, one per line: the only ones that may reach a log."""

Style = Callable[[Visible, str], Visible]
"""Applies a style to a string, in colour or not."""

LONGEST_LINE, LONGEST_VALUE = 4_000, 500
"""The maximum of characters shown of a line, and of a value in it."""

DEEPEST = 50
"""Levels shown of JSON that is nested too deeply."""

_UNSEEN = (
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)
"""Invisible characters that Python and Unicode call printable."""
_ASCII_LINES = b"\n" + bytes(range(0x20, 0x7F))
"""Printable ASCII and line breaks. To delete them from a long string, and see that nothing is left,
takes a third of the time of `isprintable`."""
_LOG_COMMAND = re.compile(r"##(?=\w*\[)")
"""Starts a command anywhere in a line of a CI system's log: `##[error]`, `##vso[…]`."""
_SGR = r"(\x1b\[\d{1,2}m)"
_LINE_COMMAND = r"(?m:^((?:\x1b\[\d{1,2}m|\s)*)::)"
"""Starts a command at the beginning of a line, after spaces."""


def plain(text: Visible, style: str) -> Visible:  # noqa: ARG001 - the signature of a Style
    """A Style without colour."""
    return text


def visible(text: str, longest: int = LONGEST_LINE) -> Visible:
    """The string on one line, what would act or hide written as an escape, the end left out where
    it is too long for people. Doing it twice changes nothing more.
    """
    return Visible(_inert(_drawn(shortened(text, longest))))


def quoted(text: str) -> Visible:
    """A value in double quotes, its own quotes escaped."""
    inner = shortened(text, LONGEST_VALUE).replace("\\", "\\\\").replace('"', '\\"')
    return visible(f'"{inner}"')


def value(text: str) -> Visible:
    """A value without quotes."""
    return visible(text, LONGEST_VALUE)


def shortened(text: str, longest: int) -> str:
    """The beginning and the number of omitted characters, if it is too long."""
    if len(text) <= longest:
        return text
    return f"{text[: longest - 30]}… and {len(text) - longest + 30:,} characters"


def block(text: str) -> Visible:
    """A document with line breaks; never for a string with values from outside."""
    return Visible("\n".join(_inert(_drawn(line)) for line in text.split("\n")))


def row(cells: Iterable[Visible], gap: str = "  ") -> Visible:
    """Cells joined on one line."""
    return Visible(gap.join(cells).rstrip())


def padded(cell: Visible, width: int) -> Visible:
    """The cell padded to a width."""
    return Visible(cell.ljust(width))


def lines(parts: Iterable[Visible]) -> Visible:
    """Strings joined by line breaks."""
    return Visible("\n".join(parts))


def paragraphs(parts: Iterable[Visible]) -> Visible:
    """Strings joined by empty lines; empty ones are omitted."""
    return Visible("\n\n".join(filter(None, parts)))


def error_text(error: DcsyncError) -> Visible:
    """The message of an error, followed by its further lines."""
    return lines(map(visible, (f"dcsync: {error}", *error.below)))


def colored(text: Visible, sgr: int) -> Visible:
    """The string in a colour of the terminal's palette."""
    return Visible(f"\033[{sgr}m{text}\033[0m")


def text_of(content: Any) -> str:
    """A string unchanged; any other value as JSON."""
    return content if isinstance(content, str) else json_line(content)


def json_text(content: Any, indent: int | None = 2) -> Visible:
    """JSON that is exactly this and yet can be printed: what acts or hides is written as `\\u…`.

    What JSON has no number for, NaN and the infinities, is null; what is nested deeper than
    Python can write is `…` from DEEPEST on.
    """
    separators = (",", ": ") if indent else (",", ":")
    text = _json(content, ensure_ascii=False, indent=indent, separators=separators)
    if not _is_drawn(text.replace("\n", "")):
        text = "".join(each if each == "\n" or _is_drawn(each) else _coded(each) for each in text)
    return Visible(_LOG_COMMAND.sub(r"#\\u0023", text))


def json_pieces(content: Mapping[str, Any]) -> Iterator[Visible]:
    """The text of `json_text`, piece by piece; a value that is an iterator becomes a list, of which
    one item at a time is held."""
    before = "{\n"
    for key, found in content.items():
        name = f"{before}  {json_text(key)}: "
        before = ",\n"
        if isinstance(found, Iterator):
            yield from _list_pieces(name, found)
        else:
            yield Visible(name + _indented(found, "  "))
    yield Visible("\n}" if content else "{}")


def _list_pieces(name: str, items: Iterator[Any]) -> Iterator[Visible]:
    before = f"{name}[\n    "
    is_empty = True
    for item in items:
        yield Visible(before + _indented(item, "    "))
        before, is_empty = ",\n    ", False
    yield Visible(f"{name}[]" if is_empty else "\n  ]")


def _indented(content: Any, spaces: str) -> str:
    return json_text(content).replace("\n", f"\n{spaces}")


def json_line(content: Any) -> Visible:
    """JSON on one line of ASCII."""
    text = _json(content, ensure_ascii=True, separators=(",", ":")).replace("\x7f", "\\u007f")
    return Visible(_LOG_COMMAND.sub(r"#\\u0023", text))


def plain_json(texts: Sequence[bytes]) -> Visible | None:
    """Objects' own JSON where all can be printed as they are, each on one line; else None."""
    text = b"\n".join(texts)
    if text.translate(None, _ASCII_LINES) or b"##" in text or not text.startswith(b"{"):
        return None
    if not text.count(b"\n{") == text.count(b"\n") == len(texts) - 1:
        return None
    return Visible(text.decode("ascii"))


def guarded(text: str) -> str:
    """The second line of defence before printing: what `visible` returns passes unchanged.

    Line breaks and colours are let through, whoever made them.
    """
    is_plain = text.isascii() and not text.encode("ascii").translate(None, _ASCII_LINES)
    if not is_plain and not _is_drawn(re.sub(_SGR, "", text).replace("\n", "")):
        text = "".join(
            piece if number % 2 else "\n".join(map(_drawn, piece.split("\n")))
            for number, piece in enumerate(re.split(_SGR, text))
        )
    if "##" in text:
        text = _LOG_COMMAND.sub(r"#\\x23", text)
    return re.sub(_LINE_COMMAND, r"\1\\x3a:", text) if "::" in text else text


def counted(number: int, noun: str) -> str:
    """`1 connector`, `2 connectors`, `3 deliveries`."""
    if number == 1:
        return f"{number} {noun}"
    ends_in_ies = noun.endswith("y") and noun[-2] not in "aeiou"
    return f"{number} {noun[:-1]}ies" if ends_in_ies else f"{number} {noun}s"


def _is_drawn(text: str) -> bool:
    return text.isprintable() and (text.isascii() or not re.search(_UNSEEN, text))


def _drawn(text: str) -> str:
    if _is_drawn(text):  # most are: a tenth of the time
        return text
    return "".join(each if _is_drawn(each) else _escaped(each) for each in text)


def _inert(line: str) -> str:
    if "##" in line:
        line = _LOG_COMMAND.sub(r"#\\x23", line)
    return line.replace("::", r"\x3a:", 1) if line.lstrip().startswith("::") else line


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def _coded(char: str) -> str:
    """A character as a JSON escape; json.dumps would keep U+007F."""
    return "\\u007f" if char == "\x7f" else json.dumps(char)[1:-1]


def _json(content: Any, **options: Any) -> str:
    try:
        return json.dumps(content, allow_nan=False, **options)
    except (ValueError, RecursionError):
        return json.dumps(_plainer(content, DEEPEST), **options)


def _plainer(content: Any, depth: int) -> Any:
    match content:
        case float():
            return content if math.isfinite(content) else None
        case dict() | list() | tuple() if not depth:
            return "…"
        case dict():
            return {key: _plainer(each, depth - 1) for key, each in content.items()}
        case list() | tuple():
            return [_plainer(each, depth - 1) for each in content]
        case _:
            return content

"""The canonical form of a declaration: only white space and the order of lines ever change.

So comments, quoting and anchors stay as they are. The result is read again and compared: what
would mean anything else is never handed out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dcsync.declare.canonical import key_order
from dcsync.declare.canonical.layout import laid_out, layout_of
from dcsync.declare.files import finding
from dcsync.declare.files.documents import declaring
from dcsync.declare.problems import Problems
from dcsync.declare.strict_yaml.blocks import line_and_column
from dcsync.declare.strict_yaml.reader import read
from dcsync.errors import DeclarationError
from dcsync.model import Position

_OTHER_BREAKS = frozenset("\r\x85\u2028\u2029")
"""What YAML 1.1 takes for the end of a line and editors do not: such lines are left alone."""


@dataclass(frozen=True, slots=True)
class Formatted:
    """A declaration file as it is and as it should be."""

    path: Path
    before: bytes
    after: bytes


def formatted(paths: Sequence[Path]) -> list[Formatted]:
    """Every declaration file in `paths`, formatted. DeclarationError where one cannot be read."""
    problems = Problems()
    found = []
    for file, text in declaring(finding.read_all(paths, problems), problems):
        for message, mark in text.problems:
            problems.error(message, Position(str(file.path), *line_and_column(mark)))
        if not text.problems:
            after = format_text(file.data.decode("utf-8"))
            found.append(Formatted(file.path, file.data, after.encode("utf-8")))
    if problems.has_errors:
        raise DeclarationError(problems.sorted())
    return found


def format_text(text: str) -> str:
    """A text that can be read, in canonical form; as it is where that would change its meaning."""
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n")
    if _OTHER_BREAKS & set(plain):
        return text
    for candidate in (_canonical(plain, in_order=True), _canonical(plain, in_order=False)):
        if _means_the_same(plain, candidate):
            return candidate
    return text


def _canonical(text: str, *, in_order: bool) -> str:
    layout = layout_of(text)
    lines = laid_out(text, layout)
    order = key_order.arranged(text) if in_order else range(len(lines))
    kept: list[str] = []
    for number in order:
        is_blank = not lines[number] and number not in layout.inside
        if not is_blank or (kept and kept[-1]):
            kept.append(lines[number])
    while kept and not kept[-1]:
        kept.pop()
    return "".join(f"{line}\n" for line in kept)


def _means_the_same(before: str, after: str) -> bool:
    """Equal values, and no word or comment lost."""
    was, now = read(before.encode()), read(after.encode())
    return (
        not now.problems
        and [each.value for each in was.documents] == [each.value for each in now.documents]
        and _words(before) == _words(after)
    )


def _words(text: str) -> Counter[str]:
    """The lines without their white space: formatting only moves them."""
    return Counter("".join(line.split()) for line in text.split("\n") if line.strip())

"""Formats declarations: changes only whitespace and the order of lines.

So comments, quoting and anchors are kept. The result is parsed again and compared: a result with
another meaning is never returned.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from dcsync.dataclass import dataclass
from dcsync.declare.canonical import key_order
from dcsync.declare.canonical.layout import apply_layout, layout_of
from dcsync.declare.files import finding
from dcsync.declare.files.documents import declaration_files
from dcsync.declare.problems import Problems
from dcsync.declare.strict_yaml.blocks import line_and_column
from dcsync.declare.strict_yaml.reader import read
from dcsync.errors import DeclarationError
from dcsync.model import Position

_OTHER_BREAKS = frozenset("\r\x85\u2028\u2029")
"""Line breaks in YAML 1.1 but not in editors: files with these are not formatted."""


@dataclass(frozen=True, slots=True)
class Formatted:
    """A declaration file before and after formatting."""

    path: Path
    before: bytes
    after: bytes


def formatted(paths: Sequence[Path]) -> list[Formatted]:
    """All declaration files in `paths`, formatted. DeclarationError if one cannot be read."""
    problems = Problems()
    found = []
    files = declaration_files(finding.read_all(paths, problems), problems)
    finding.require_matches(paths, (file for file, _ in files), problems)
    for file, parsed in files:
        for message, mark in parsed.problems:
            problems.error(message, Position(str(file.path), *line_and_column(mark)))
        if not parsed.problems:
            after = format_text(file.data.decode("utf-8"))
            found.append(Formatted(file.path, file.data, after.encode("utf-8")))
    if problems.has_errors:
        raise DeclarationError(problems.sorted())
    return found


def format_text(text: str) -> str:
    """The canonical form of a valid file; unchanged if that would change its meaning."""
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n")
    if _OTHER_BREAKS & set(plain):
        return text
    for candidate in (_canonical(plain, in_order=True), _canonical(plain, in_order=False)):
        if _means_the_same(plain, candidate):
            return candidate
    return text


def _canonical(text: str, *, in_order: bool) -> str:
    layout = layout_of(text)
    lines = apply_layout(text, layout)
    order = key_order.sorted_lines(text) if in_order else range(len(lines))
    kept: list[str] = []
    for number in order:
        is_blank = not lines[number] and number not in layout.inside
        if not is_blank or (kept and kept[-1]):
            kept.append(lines[number])
    while kept and not kept[-1]:
        kept.pop()
    return "".join(f"{line}\n" for line in kept)


def _means_the_same(before: str, after: str) -> bool:
    """Equal values, and no content or comment lost."""
    was, now = read(before.encode()), read(after.encode())
    return (
        not now.problems
        and [each.value for each in was.documents] == [each.value for each in now.documents]
        and _content(before) == _content(after)
    )


def _content(text: str) -> Counter[str]:
    """The lines without whitespace: formatting only moves them."""
    return Counter("".join(line.split()) for line in text.split("\n") if line.strip())

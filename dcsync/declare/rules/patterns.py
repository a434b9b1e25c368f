"""Parses a regular expression in JavaScript's syntax, as in JSON Schema, into a tree.

Only what can be matched without going back: no look-around and no back-references, as in RE2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from dcsync.dataclass import dataclass

Accepts = Callable[[str], bool]
MAX_LENGTH = 2_000
MAX_DEPTH = 40
MAX_COUNT = 1_000
_LINE_ENDS = "\n\r\u2028\u2029"
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "0": "\0"}
_HEX = {"x": 2, "u": 4}


class UnknownPattern(ValueError):
    """The string is not a supported pattern; the message says why."""


@dataclass(frozen=True, slots=True)
class Character:
    """One character that `accepts` accepts."""

    accepts: Accepts


@dataclass(frozen=True, slots=True)
class Anchor:
    """A position instead of a character: `^`, `$`, `b` for a word boundary, `B` for any other."""

    kind: str


@dataclass(frozen=True, slots=True)
class Sequence:
    """A sequence."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Alternatives."""

    options: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """From `least` to `most` times; None is any number."""

    part: Node
    least: int
    most: int | None


Node = Character | Anchor | Sequence | Choice | Repeat


def is_word(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character == "_")


def _is_digit(character: str) -> bool:
    return "0" <= character <= "9"


def _is_space(character: str) -> bool:
    return character.isspace() or character == "\ufeff"


_CLASSES: dict[str, Accepts] = {"d": _is_digit, "w": is_word, "s": _is_space}


def read(pattern: str) -> Node:
    """The pattern as a tree. UnknownPattern if it is invalid or not supported."""
    if len(pattern) > MAX_LENGTH:
        raise UnknownPattern(f"it is longer than {MAX_LENGTH} characters")
    return _PatternParser(pattern).whole()


class _PatternParser:
    def __init__(self, pattern: str) -> None:
        self.text = pattern
        self.place = 0
        self.depth = 0

    def whole(self) -> Node:
        node = self._choice()
        if self.place < len(self.text):
            self._fail("a ) has no matching (")
        return node

    def _fail(self, why: str) -> NoReturn:
        raise UnknownPattern(f"{why} (character {self.place + 1})")

    def _next(self, expected: str = "") -> str:
        if self.place >= len(self.text):
            self._fail(f"it ends where {expected or 'something'} is expected")
        self.place += 1
        return self.text[self.place - 1]

    def _skips(self, text: str) -> bool:
        """Whether it comes next; if so, it is consumed."""
        found = self.text.startswith(text, self.place)
        self.place += len(text) if found else 0
        return found

    def _choice(self) -> Node:
        options = [self._sequence()]
        while self._skips("|"):
            options.append(self._sequence())
        return Choice(tuple(options)) if len(options) > 1 else options[0]

    def _sequence(self) -> Node:
        parts = []
        while self.place < len(self.text) and self.text[self.place] not in "|)":
            parts.append(self._repeated(self._atom()))
        return Sequence(tuple(parts))

    def _repeated(self, part: Node) -> Node:
        counts = self._counts()
        if counts is None:
            return part
        if isinstance(part, Anchor):
            self._fail("a position cannot be repeated")
        self._skips("?")  # lazy or not, what fits is the same
        if self._counts() is not None:
            self._fail("it is repeated twice")
        return Repeat(part, *counts)

    def _counts(self) -> tuple[int, int | None] | None:
        for sign, counts in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._skips(sign):
                return counts
        return self._braced() if self._skips("{") else None

    def _braced(self) -> tuple[int, int | None]:
        written = ""
        while not self._skips("}"):
            written += self._next("a }")
        least, comma, most = written.partition(",")
        if not least.isdecimal() or (most and not most.isdecimal()):
            self._fail("{ } must contain one or two numbers; a literal { is written \\{")
        low, high = int(least), (int(most) if most else None) if comma else int(least)
        if max(low, high or 0) > MAX_COUNT or (high is not None and high < low):
            self._fail(f"{{ }} must be in ascending order, up to {MAX_COUNT}")
        return low, high

    def _atom(self) -> Node:
        character = self._next()
        if character in "*+?{":
            self._fail("there is nothing to repeat")
        match character:
            case "(":
                return self._group()
            case "[":
                return self._class()
            case "\\":
                return self._escape()
            case ".":
                return Character(lambda each: each not in _LINE_ENDS)
            case "^" | "$":
                return Anchor(character)
            case _:
                return Character(character.__eq__)

    def _group(self) -> Node:
        looks = self.text.startswith(("?<=", "?<!"), self.place)
        if not looks and self._skips("?<"):
            while self._next("a >") != ">":
                pass
        elif looks or (self._skips("?") and not self._skips(":")):
            self._fail("look-around and flags are not supported; JSON Schema has 'not' and 'allOf'")
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self._fail(f"it is nested more than {MAX_DEPTH} levels deep")
        node = self._choice()
        self.depth -= 1
        if not self._skips(")"):
            self._fail("a ( is not closed")
        return node

    def _escape(self) -> Node:
        if self._skips("b"):
            return Anchor("b")
        if self._skips("B"):
            return Anchor("B")
        kind = self._kind()
        return Character(kind or self._escaped().__eq__)

    def _kind(self) -> Accepts | None:
        """A class such as `\\d`, after the backslash."""
        letter = self.text[self.place : self.place + 1]
        accepts = _CLASSES.get(letter.lower())
        if accepts is None:
            return None
        self.place += 1
        return accepts if letter.islower() else lambda each: not accepts(each)

    def _escaped(self) -> str:
        """The character of an escape sequence."""
        letter = self._next("an escaped character")
        if letter in _ESCAPED:
            return _ESCAPED[letter]
        if letter in _HEX:
            digits = "".join(self._next("a hexadecimal digit") for _ in range(_HEX[letter]))
            try:
                return chr(int(digits, 16))
            except ValueError:
                self._fail("invalid hexadecimal digits")
        if letter.isalnum():
            self._fail(f"\\{letter} is not supported")
        return letter

    def _class(self) -> Node:
        is_negated = self._skips("^")
        members: list[Accepts] = []
        while not self._skips("]"):
            members.append(self._member())
        chosen = tuple(members)
        return Character(lambda each: any(accepts(each) for accepts in chosen) != is_negated)

    def _member(self) -> Accepts:
        first = self._bound()
        if not isinstance(first, str):
            return first
        if not self.text.startswith("-", self.place) or self.text.startswith("-]", self.place):
            return first.__eq__
        self.place += 1
        last = self._bound()
        if not isinstance(last, str) or last < first:
            self._fail("a range in [ ] must be in ascending order")
        return lambda each: first <= each <= last

    def _bound(self) -> str | Accepts:
        character = self._next("a ]")
        if character != "\\":
            return character
        if self._skips("b"):
            return "\b"
        if self._skips("-"):
            return "-"
        return self._kind() or self._escaped()

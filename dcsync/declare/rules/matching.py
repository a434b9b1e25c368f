"""Matches a pattern in steps that grow with the text and the pattern, never faster.

All ways through the pattern are followed at once (Thompson's construction), so nothing is tried
again: no pattern can hang on any text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import assert_never

from dcsync.declare.rules import patterns
from dcsync.declare.rules.patterns import Accepts, Anchor, Character, Choice, Node, Repeat, Sequence

MAX_STATES = 5_000
Spend = Callable[[int], None]
_END = 0


class Matcher:
    """A compiled pattern that matches anywhere in a string."""

    def __init__(self, pattern: str) -> None:
        """UnknownPattern if it is invalid or too large."""
        self._steps: list[tuple[Accepts | None, str, tuple[int, ...]]] = [(None, "", ())]
        self._work = 0
        self._start = self._add(patterns.read(pattern), _END)

    def search(self, text: str, spend: Spend) -> bool:
        """Whether it matches anywhere; each character costs the states tried on it."""
        current: set[int] = set()
        for index in range(len(text) + 1):
            reached = self._closure((*current, self._start), text, index)
            if _END in reached:
                return True
            spend(1 + len(reached) // 2)
            if index < len(text):
                current = self._after(reached, text[index])
        return False

    def _after(self, reached: Iterable[int], character: str) -> set[int]:
        return {
            following
            for each in reached
            if (step := self._steps[each])[0] and step[0](character)
            for following in step[2]
        }

    def _closure(self, states: Iterable[int], text: str, index: int) -> set[int]:
        """The states and those reachable from them without a character."""
        reached: set[int] = set()
        waiting = list(states)
        while waiting:
            state = waiting.pop()
            if state not in reached:
                reached.add(state)
                accepts, place, following = self._steps[state]
                if accepts is None and (not place or _is_at(place, text, index)):
                    waiting += following
        return reached

    def _step(self, accepts: Accepts | None, place: str, following: tuple[int, ...]) -> int:
        self._steps.append((accepts, place, following))
        return len(self._steps) - 1

    def _add(self, node: Node, following: int) -> int:
        """The first state of `node`, which leads to `following`."""
        self._work += 1
        if self._work > MAX_STATES:
            raise patterns.UnknownPattern("its repetitions expand to too many states")
        match node:
            case Character():
                return self._step(node.accepts, "", (following,))
            case Anchor():
                return self._step(None, node.kind, (following,))
            case Sequence():
                for part in reversed(node.parts):
                    following = self._add(part, following)
                return following
            case Choice():
                return self._step(None, "", tuple(self._add(o, following) for o in node.options))
            case Repeat():
                return self._add_repeat(node, following)
            case _:
                assert_never(node)

    def _add_repeat(self, node: Repeat, following: int) -> int:
        if node.most is None:
            loop = self._step(None, "", ())
            self._steps[loop] = (None, "", (self._add(node.part, loop), following))
            following = loop
        else:
            behind = following
            for _ in range(node.most - node.least):
                following = self._step(None, "", (self._add(node.part, following), behind))
        for _ in range(node.least):
            following = self._add(node.part, following)
        return following


def _is_at(place: str, text: str, index: int) -> bool:
    match place:
        case "^":
            return index == 0
        case "$":
            return index == len(text)
        case _:
            before = index > 0 and patterns.is_word(text[index - 1])
            behind = index < len(text) and patterns.is_word(text[index])
            return (before != behind) == (place == "b")

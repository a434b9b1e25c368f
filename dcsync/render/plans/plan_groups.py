"""Equal changes of many projects, to be shown once. Pure.

Two operations are the same change where they do the same to the same fields, and their values are
the same but for what a project calls itself: its key and id anywhere, and, in values that are
shown, the path of an `https` URL, what comes after the last `/`, or a display name. So no other
host, role or reference hides among many. What drops a connector is never hidden: each is listed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import takewhile
from typing import TypeVar

from dcsync.dataclass import dataclass, replace
from dcsync.model.path import CONFIG, DISPLAY_NAME
from dcsync.plan import Blocked, Change, Operation, Replace, Shown
from dcsync.plan.operations import LOSING

FEWEST = 3
"""Two are shown as they are."""
OWN = "<project>"
"""Stands for the project's key or id."""
OWN_ID = "<id>"
OTHER = "…"
"""Stands for what else differs from project to project."""
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class ChangeGroup:
    """The same change in several projects, in order; alone it is one operation."""

    first: Operation
    others: tuple[Operation, ...] = ()

    @property
    def operations(self) -> tuple[Operation, ...]:
        return (self.first, *self.others)

    @property
    def is_alone(self) -> bool:
        return not self.others

    @property
    def is_losing(self) -> bool:
        """Whether live connectors are deleted, or would be unless blocked."""
        return loses(self.first)

    @property
    def changes(self) -> tuple[Change, ...]:
        """What all of them do, with placeholders for what differs."""
        if self.is_alone:
            return self.first.changes
        columns = zip(*(each.changes for each in self.operations), strict=True)
        return tuple(self._common_change(column) for column in columns)

    @property
    def warnings(self) -> tuple[str, ...]:
        if self.is_alone:
            return self.first.warnings
        return tuple(_template(each, self.first) for each in self.first.warnings)

    @property
    def display_name(self) -> str:
        """What the connectors are called."""
        name = self._common([each.display_name for each in self.operations])
        return self.first.display_name if self.is_alone else str(name)

    @property
    def place(self) -> str:
        """Where all of them are declared; "" if in several places."""
        places = {str(each.source or "") for each in self.operations}
        return places.pop() if len(places) == 1 else ""

    def _common_change(self, column: Sequence[Change]) -> Change:
        before = self._common([each.before for each in column])
        after = self._common([each.after for each in column])
        return replace(column[0], before=before, after=after)

    def _common(self, values: Sequence[Shown]) -> Shown:
        pairs = zip(values, self.operations, strict=True)
        return _common([_template(v, op) if isinstance(v, str) else v for v, op in pairs])


def loses(operation: Operation) -> bool:
    """Whether it deletes a live connector, or would unless blocked."""
    wanted = operation.wanted if isinstance(operation, Blocked) else operation.action
    return wanted in LOSING


def grouped(operations: Iterable[Operation]) -> list[ChangeGroup]:
    """Each operation in one group, in the order of the first of each; deletes come last if anything
    was grouped, so that they are easy to find."""
    groups = [
        ChangeGroup(first, tuple(others))
        for first, *others in together(operations, lambda each: each.project_key, _signature)
    ]
    if all(each.is_alone for each in groups):
        return groups
    return sorted(groups, key=lambda each: each.is_losing)


def together(
    items: Iterable[Item], project_of: Callable[[Item], str], signature: Callable[[Item], object]
) -> list[list[Item]]:
    """Items with the same signature together if enough projects have them, in the order of the
    first of each."""
    signed = [(signature(each), each) for each in items]
    projects: dict[object, set[str]] = {}
    for sign, item in signed:
        projects.setdefault(sign, set()).add(project_of(item))
    found: dict[object, list[Item]] = {}
    for number, (sign, item) in enumerate(signed):
        is_many = len(projects[sign]) >= FEWEST
        found.setdefault(sign if is_many else number, []).append(item)
    return list(found.values())


def _signature(operation: Operation) -> tuple[object, ...]:
    blocked = (operation.wanted, operation.reason) if isinstance(operation, Blocked) else ()
    return (
        operation.action,
        blocked,
        isinstance(operation, Replace) and operation.delete_first,
        connector_key(operation),
        tuple(
            (each.path, each.sensitive, *(_fixed(each, side, operation) for side in sides(each)))
            for each in operation.changes
        ),
        tuple(_template(each, operation) for each in operation.warnings),
    )


def connector_key(operation: Operation) -> str:
    """The connector's key in its project's declaration; "" if it is not declared."""
    return operation.address.partition("/")[2]


def sides(change: Change) -> tuple[Shown, Shown]:
    return change.before, change.after


def impersonal(message: str, key: str) -> str:
    """A message with placeholders for its project's key and ids."""
    return _ID.sub(OWN_ID, _own_words(key).sub(OWN, message))


def _fixed(change: Change, shown: Shown, operation: Operation) -> Shown:
    """The part of a value that has to be the same in all."""
    if not isinstance(shown, str):
        return shown
    text = _template(shown, operation)
    if change.sensitive:
        return text
    if change.path == DISPLAY_NAME:
        return ""
    if change.path == _URL and (host := _HOST.match(text)):
        return host[0]
    return text[: text.rfind("/") + 1] or text


_ID = re.compile(r"\b[0-9a-v]{20}\b")
_URL = CONFIG.below("url")
_HOST = re.compile(r"https?://[^/?#]*")


def _template(text: str, operation: Operation) -> str:
    """The string with a stand-in for what the project calls itself."""
    words = operation.project_key, operation.project_id
    folded = text.casefold()
    if not any(each.casefold() in folded for each in words):  # most are: a search costs more
        return text
    return _own_words(*words).sub(OWN, text)


@cache
def _own_words(*words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)", re.IGNORECASE)


def _common(values: Sequence[Shown]) -> Shown:
    """A value that stands for all of these."""
    first = values[0]
    if all(each == first for each in values):
        return first
    texts = [each for each in values if isinstance(each, str)]
    start = _beginning(texts)
    end = _beginning([each[len(start) :][::-1] for each in texts])[::-1]
    return f"{start}{OTHER}{end}"


def _beginning(texts: Sequence[str]) -> str:
    """The words that all begin with."""
    same = takewhile(lambda chars: len(set(chars)) == 1, zip(*texts, strict=False))
    return re.sub(r"\w+$", "", "".join(chars[0] for chars in same))

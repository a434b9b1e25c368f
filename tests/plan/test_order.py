"""In which order a project's operations stay within its quota, number by number."""

from __future__ import annotations

import pytest

from dcsync.model import Position
from dcsync.plan import Blocked, Create, Delete, Operation, Replace, Update
from dcsync.plan.costs import FINISHED
from dcsync.plan.order import GAP, make_room

KINDS: dict[str, type[Update | Create | Replace | Delete]] = {
    "update": Update,
    "create": Create,
    "replace": Replace,
    "delete": Delete,
}


def operation(word: str, number: int) -> Operation:
    """By a word: `finish` is the delete that ends an interrupted replace."""
    address = f"oslo/{number}"
    told = (address, "oslo", "c0md3pm0p7bet3vico8g", f"id{number}", "a", "", Position("a", 1, 1))
    if word == "finish":
        return Delete(*told, warnings=(FINISHED,))
    return KINDS[word](*told)


def words(each: Operation) -> str:
    """What an operation comes to, with a `!` where events are lost meanwhile."""
    if isinstance(each, Blocked):
        return f"blocked {each.wanted} by {each.reason}: {each.warnings[0]}"
    first = "first " if isinstance(each, Replace) and each.delete_first else ""
    return f"{first}{each.action}{'!' if GAP in each.warnings else ''}"


FULL = "blocked create by quota: the project has no room for it: its quota is {} connectors"


@pytest.mark.parametrize(
    ("wanted", "live", "quota", "ordered"),
    [
        ("create", 2, 3, ["create"]),
        ("create", 3, 3, [FULL.format(3)]),
        ("create", 4, 3, [FULL.format(3)]),
        ("create create", 2, 3, ["create", FULL.format(3)]),
        ("create create", 0, 1, ["create", FULL.format(1)]),
        ("delete create", 2, 3, ["create", "delete"]),
        ("delete create", 3, 3, ["delete!", "create"]),
        ("delete create", 4, 3, ["delete", FULL.format(3)]),
        ("delete delete create", 3, 3, ["delete!", "create", "delete"]),
        ("delete delete create create", 3, 3, ["delete!", "delete!", "create", "create"]),
        ("delete delete create", 4, 3, ["delete!", "delete!", "create"]),
        ("finish create", 3, 3, ["delete", "create"]),
        ("delete", 9, 3, ["delete"]),
        ("delete update", 3, 3, ["update", "delete"]),
        ("replace", 2, 3, ["replace"]),
        ("replace", 3, 3, ["first replace!"]),
        ("replace delete", 3, 3, ["delete!", "replace"]),
        ("replace delete", 2, 3, ["replace", "delete"]),
        ("replace replace delete", 4, 3, ["delete!", "first replace!", "first replace!"]),
        ("replace create", 2, 3, ["replace", "create"]),
        ("update create replace delete", 0, 9, ["update", "replace", "create", "delete"]),
    ],
)
def test_what_makes_room_comes_first(
    wanted: str, live: int, quota: int, ordered: list[str]
) -> None:
    """As few deletes as necessary; what still has no room is blocked and comes last."""
    operations = [operation(word, number) for number, word in enumerate(wanted.split())]

    found = [words(each) for each in make_room(operations, live, quota)]

    assert found == ordered

"""Adds display names of projects to keys and ids. Prints nothing.

`names` are display names by project key and by id. They come from the server: shown in quotes,
never part of what a program reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from dcsync.render.tables import shorten
from dcsync.render.words import quoted

Names = Mapping[str, str]
NO_NAMES: Names = {}
WIDEST = 60
_KEYED = r"^(?:(?P<project>.*?\bproject )(?P<key>[^\s:;]+)|(?P<first>[^/\s:]+)(?=/))"
"""How messages begin that are about a project: `project KEY …`, or with an address."""


def called(key: str, names: Names) -> str:
    """The name in quotes; "" if it is unknown, or the same as the key."""
    name = names.get(key, "")
    return quoted(shorten(name, WIDEST)) if name and name.casefold() != key.casefold() else ""


def designated(key: str, names: Names) -> str:
    """The key followed by the name: `oslo ("Store Oslo")`."""
    name = called(key, names)
    return f"{key} ({name})" if name else key


def inside(key: str, names: Names) -> str:
    """The end of a line about a connector: ` in "Store Oslo"`, or ""."""
    name = called(key, names)
    return f"  in {name}" if name else ""


def key_in(message: str) -> str:
    """The key of the project in a message; "" if it names none."""
    found = re.match(_KEYED, message)
    return (found["key"] or found["first"]) if found else ""


def with_name(message: str, names: Names) -> str:
    """The message with the name of its project."""
    found = re.match(_KEYED, message)
    name = called(key_in(message), names)
    if not found or not name:
        return message
    if found["key"]:
        return f"{message[: found.end()]} ({name}){message[found.end() :]}"
    address, colon, rest = message.partition(": ")
    return f"{address} in {name}{colon}{rest}"


def some(keys: Iterable[str], names: Names) -> str:
    """The projects by name, of many the first two: `oslo, bergen … 298 more`."""
    listed = [designated(key, names) for key in keys]
    if len(listed) <= 3:
        return ", ".join(listed)
    return f"{listed[0]}, {listed[1]} … {len(listed) - 2} more"

"""What `ignore_changes` may name: a field, `config`, `config.<field>`, `config.headers.<name>`."""

from __future__ import annotations

from collections.abc import Iterator

from dcsync.declare.suggestions import did_you_mean
from dcsync.model import CONFIG_CLASSES, Group, Kind, fields_of

_FIELDS = ("display_name", "status", "event_types", "labels", "config")


def ignore_problem(name: str, kind: str) -> str | None:
    """Why a connector of type `kind` cannot ignore `name`, or None."""
    known = ignorable(kind)
    if name in known or any(_is_entry(name, each) for each in _paths(kind, Kind.MAP)):
        return None
    hint = did_you_mean(name, known)
    return f"'ignore_changes' names what {kind} does not have{hint}: {', '.join(known)}"


def ignorable(kind: str) -> tuple[str, ...]:
    """Everything that can be ignored, except single entries of maps."""
    return (*_FIELDS, *_paths(kind, *Kind))


def _is_entry(name: str, of_map: str) -> bool:
    return name.startswith(f"{of_map}.") and name != f"{of_map}."


def _paths(kind: str, *kinds: Kind) -> Iterator[str]:
    return _paths_below(CONFIG_CLASSES[kind], "config.", kinds)


def _paths_below(group: type[Group], prefix: str, kinds: tuple[Kind, ...]) -> Iterator[str]:
    for field in fields_of(group):
        if field.kind in kinds:
            yield prefix + field.name
        if field.group is not None:
            yield from _paths_below(field.group, f"{prefix}{field.name}.", kinds)

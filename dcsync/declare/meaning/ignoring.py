"""What `ignore_changes` may name: a field, `config`, `config.<field>`, `config.headers.<name>`."""

from __future__ import annotations

from collections.abc import Iterator

from dcsync.declare.suggestions import did_you_mean
from dcsync.model import CONFIG_CLASSES, FieldPath, Kind, field_path, paths_of
from dcsync.model.path import CONFIG, DISPLAY_NAME, EVENT_TYPES, LABELS, STATUS

_FIELDS = (DISPLAY_NAME, STATUS, EVENT_TYPES, LABELS, CONFIG)


def ignore_problem(name: str, kind: str) -> str | None:
    """Why a connector of type `kind` cannot ignore `name`, or None."""
    known = ignorable(kind)
    path = field_path(name)
    if name in known or (path[-1] and FieldPath(path[:-1]) in _paths(kind, Kind.MAP)):
        return None
    hint = did_you_mean(name, known)
    return f"'ignore_changes' names what {kind} does not have{hint}: {', '.join(known)}"


def ignorable(kind: str) -> tuple[str, ...]:
    """Everything that can be ignored, except single entries of maps."""
    return tuple(map(str, (*_FIELDS, *_paths(kind, *Kind))))


def _paths(kind: str, *kinds: Kind) -> Iterator[FieldPath]:
    return (path for path, field in paths_of(CONFIG_CLASSES[kind]) if field.kind in kinds)

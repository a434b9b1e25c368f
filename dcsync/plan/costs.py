"""The consequences of an operation for receivers. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dcsync.model import CONFIG_CLASSES, FieldPath, Kind, paths_of
from dcsync.model.path import STATUS
from dcsync.plan.operations import Change

DELETED = "its undelivered events are dropped for good"
FINISHED = "completes an interrupted replace; until then events arrive twice"
REPLACED = "the old connector's undelivered events are dropped for good"
DISABLED = (
    "undelivered events are dropped, and events that come while it is disabled are never delivered"
)


def costs(changes: Iterable[Change], kind: str) -> Iterator[str]:
    """The consequences of an update with these changes for a connector of type `kind`."""
    for change in changes:
        if change.path == STATUS and change.after == "USER_DISABLED":
            yield DISABLED
        elif change.after is None and (name := _credential(change.path, kind)):
            yield f"without the {name}, receivers that check it refuse every event"


def _credential(path: FieldPath, kind: str) -> str:
    """What receivers may identify a delivery by, if the path is of such a field; else ""."""
    config = CONFIG_CLASSES.get(kind)
    for above, field in paths_of(config) if config else ():
        if field.spec.secret and above.covers(path):
            if field.kind is Kind.MAP:
                return f"{field.name.removesuffix('s')} {path[-1]}"
            return field.spec.title.lower()
    return ""

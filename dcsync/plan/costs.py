"""What an operation costs its receivers, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dcsync.plan.differ import SECRET_FIELD
from dcsync.plan.normalise import HEADERS
from dcsync.plan.operations import Change

DELETED = "its undelivered events are dropped for good"
REPLACED = "the old connector's undelivered events are dropped for good"
DISABLED = (
    "undelivered events are dropped, and events that come while it is disabled are never delivered"
)


def costs(changes: Iterable[Change]) -> Iterator[str]:
    """What an update with these changes costs."""
    for change in changes:
        if change.path == "status" and change.after == "USER_DISABLED":
            yield DISABLED
        elif change.path == SECRET_FIELD and change.after is None:
            yield "without the signature secret, receivers that check it refuse every event"
        elif change.path.startswith(HEADERS) and change.after is None:
            name = change.path.removeprefix(HEADERS)
            yield f"without the header {name}, receivers that check it refuse every event"

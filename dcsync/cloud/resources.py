"""Validates the API's JSON before it is used: ids, names, timestamps and their types.

Ids become part of paths, addresses, files and reports. A response with an id that could do harm
there is invalid (docs/api.md section 1).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from functools import lru_cache
from typing import Any

from dcsync.errors import InvalidResponse

LONGEST_ID = 64
ID = f"[0-9A-Za-z_-]{{1,{LONGEST_ID}}}"
"""Ids of the API have 20 characters, those of emulated devices 23 (section 1)."""

is_id = re.compile(ID).fullmatch
_TARGET = rf"{ID}(?:/{ID}){{0,7}}"
_PROJECT = rf"projects/({ID})"
_ORGANIZATION = rf"organizations/({ID})"
_DEVICE = rf"projects/({ID})/devices/({ID})"
_LATENCY = r"[0-9]{1,9}(\.[0-9]{1,9})?s"
_COUNT = "[0-9]{1,18}"
_TIME = (
    r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_IN_IDS = bytes(code for code in range(128) if is_id(chr(code)))
_ALIKE = bytes.maketrans(b"0123456789", b"1111111111")
Resource = Mapping[str, Any]
MOST_KINDS = 10_000
"""Combinations of device and event type whose check is cached."""


def is_asked_for(found_id: str, asked_id: str) -> bool:
    """Whether a call asked for this id; `-`, and what is not an id, match any."""
    return found_id == asked_id or asked_id == "-" or not is_id(asked_id)


def is_target(name: str) -> bool:
    """Whether an event may be about this resource: a device, a project, or a kind added later."""
    return re.fullmatch(_TARGET, name) is not None


def check_project(resource: Resource) -> None:
    """Raise InvalidResponse for an invalid project in a listing (section 6.2)."""
    if not re.fullmatch(_PROJECT, string_of(resource, "name", "a project")):
        raise InvalidResponse("a project in the response has no usable name")
    organization = string_of(resource, "organization", "a project")
    if organization and not re.fullmatch(_ORGANIZATION, organization):
        raise InvalidResponse("a project in the response has no usable organization")
    for key in ("displayName", "organizationDisplayName"):
        string_of(resource, key, "a project")
    if not isinstance(resource.get("inventory"), bool | None):
        raise InvalidResponse(
            "a project in the response has an inventory that is not true or false"
        )


def check_device(resource: Resource, project_id: str) -> None:
    """Raise InvalidResponse for anything but a device of this project (section 6.1); `-` is any."""
    name = re.fullmatch(_DEVICE, string_of(resource, "name", "a device"))
    if name is None:
        raise InvalidResponse("a device in the response has no usable name")
    if not is_asked_for(name[1], project_id):
        raise InvalidResponse("a device in the response is in another project")
    for key in ("type", "productNumber"):
        string_of(resource, key, "a device")
    labels = resource.get("labels") or {}
    if not isinstance(labels, dict) or not all(isinstance(value, str) for value in labels.values()):
        raise InvalidResponse("a device in the response has labels that are not strings")


def check_event(event: Resource, project_id: str) -> None:
    """Raise InvalidResponse for anything but an event of this project (section 8)."""
    check_event_head(
        project_id,
        *(
            string_of(event, key, "an event")
            for key in ("eventId", "targetName", "eventType", "timestamp")
        ),
    )


def check_event_head(
    project_id: str, event_id: str, target_name: str, event_type: str, timestamp: str
) -> None:
    """The same for the fields of an event; "" for a missing one."""
    if event_id and not is_id(event_id):
        raise InvalidResponse("an event in the response has no usable eventId")
    _check_kind(project_id, target_name, event_type)
    if timestamp and not is_timestamp(timestamp):
        raise InvalidResponse("an event in the response has no usable timestamp")


def event_times(
    project_id: str,
    event_ids: Sequence[str],
    kinds: Set[tuple[str, str]],
    timestamps: Sequence[str],
) -> list[float] | None:
    """The Unix seconds of each timestamp; None unless there is one of each event, and
    `check_event_head` passes all of them. Takes a fifth of its time; `kinds` are targets with their
    types."""
    if not _are_ids(event_ids):
        return None
    try:
        for target_name, event_type in kinds:
            _check_kind(project_id, target_name, event_type)
    except InvalidResponse:
        return None
    return _times(timestamps) if timestamps else []


def _are_ids(texts: Sequence[str]) -> bool:
    """Whether each is an id, or empty."""
    rest = _joined(texts).translate(None, _IN_IDS)
    return rest == b"\n" * len(texts) and max(map(len, texts), default=0) <= LONGEST_ID


def _times(texts: Sequence[str]) -> list[float] | None:
    """The Unix seconds of each; None unless each is a timestamp: of one form with others, and on a
    date."""
    joined = _joined(texts)
    alike = joined.translate(_ALIKE)
    first = alike[: alike.find(b"\n") + 1]
    forms = {first[:-1]} if alike == first * len(texts) else {*alike[:-1].split(b"\n")}
    if joined.count(b"\n") != len(texts) or not all(
        re.fullmatch(_TIME, form.decode()) for form in forms
    ):
        return None
    try:
        times = [*map(datetime.fromisoformat, texts if joined.isupper() else map(str.upper, texts))]
    except ValueError:
        return None
    if not "1" <= min(texts) <= max(texts) < "3":  # what `_ALIKE` hides
        return None
    return [*map(datetime.timestamp, times)]


def _joined(texts: Sequence[str]) -> bytes:
    return "\n".join((*texts, "")).encode("ascii", "replace")


@lru_cache(MOST_KINDS)
def _check_kind(project_id: str, target_name: str, event_type: str) -> None:
    """The part of the check that depends on device and type only; successes are cached."""
    if target_name and not is_target(target_name):
        raise InvalidResponse("an event in the response has no usable targetName")
    kind, _, rest = target_name.partition("/")
    if kind == "projects" and not is_asked_for(rest.partition("/")[0], project_id):
        raise InvalidResponse("an event in the response is of another project")
    if event_type and not is_id(event_type):
        raise InvalidResponse("an event in the response has no usable eventType")


def is_timestamp(text: str) -> bool:
    """Whether it is a valid RFC 3339 time, and on a date that exists."""
    if not re.fullmatch(_TIME, text):
        return False
    try:
        datetime.fromisoformat(text.upper())
    except ValueError:
        return False
    return True


def seconds_of_valid(timestamp: str) -> float | None:
    """The Unix time in seconds of a checked timestamp; None of none."""
    return datetime.fromisoformat(timestamp.upper()).timestamp() if timestamp else None


def count_in(resource: Resource, key: str) -> int:
    """A count, as a number or a string (JSON for 64-bit integers); 0 if absent."""
    value = resource.get(key)
    if value is None:
        return 0
    if (
        isinstance(value, int | str)
        and not isinstance(value, bool)
        and re.fullmatch(_COUNT, str(value))
    ):
        return int(value)
    raise InvalidResponse(f"the response has no usable {key}")


def latency_in(resource: Resource, key: str) -> str:
    """A duration in the API's format (`0.411s`), "" if absent."""
    value = string_of(resource, key, "a metric")
    if value and not re.fullmatch(_LATENCY, value):
        raise InvalidResponse(f"the response has no usable {key}")
    return value


def string_of(resource: Resource, key: str, what: str) -> str:
    """A string, "" if absent; InvalidResponse for anything else."""
    value = resource.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidResponse(f"the response has {what} whose {key} is not a string")
    return value

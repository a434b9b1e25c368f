"""What the API's JSON may be before anybody uses it: ids, names, timestamps and their types.

An id becomes part of paths, addresses, files and reports. One that could do anything there is no id
of the API, and the response that holds it is invalid (docs/api.md section 1).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from dcsync.errors import AnswerInvalid

ID = "[0-9A-Za-z_-]{1,64}"
"""Ids of the API are 20 characters, of emulated devices 23 (section 1)."""

is_id = re.compile(ID).fullmatch
is_target = re.compile(rf"{ID}(?:/{ID}){{0,7}}").fullmatch
"""The resource that an event is about: a device, a project, or a kind that comes later."""

_PROJECT = re.compile(rf"projects/({ID})").fullmatch
_ORGANIZATION = re.compile(rf"organizations/({ID})").fullmatch
_DEVICE = re.compile(rf"projects/({ID})/devices/({ID})").fullmatch
_LATENCY = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?s").fullmatch
_COUNT = re.compile("[0-9]{1,18}").fullmatch
_TIME = re.compile(
    r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})"
).fullmatch
Resource = Mapping[str, Any]
MOST_KINDS = 10_000
"""Devices and event types whose names are not looked at anew with each event."""


def is_asked_for(found_id: str, asked_id: str) -> bool:
    """Whether this is what a call asked for; `-`, and what is no id at all, ask for any."""
    return found_id == asked_id or asked_id == "-" or not is_id(asked_id)


def check_project(resource: Resource) -> None:
    """AnswerInvalid for what is no project of a listing (section 6.2)."""
    if not _PROJECT(_string(resource, "name", "a project")):
        raise AnswerInvalid("a project in the response has no usable name")
    organization = _string(resource, "organization", "a project")
    if organization and not _ORGANIZATION(organization):
        raise AnswerInvalid("a project in the response has no usable organization")
    for key in ("displayName", "organizationDisplayName"):
        _string(resource, key, "a project")
    if not isinstance(resource.get("inventory"), bool | None):
        raise AnswerInvalid("a project in the response has an inventory that is not true or false")


def check_device(resource: Resource, project_id: str) -> None:
    """AnswerInvalid for what is no device of this project (section 6.1); `-` stands for any."""
    name = _DEVICE(_string(resource, "name", "a device"))
    if name is None:
        raise AnswerInvalid("a device in the response has no usable name")
    if not is_asked_for(name[1], project_id):
        raise AnswerInvalid("a device in the response is in another project")
    for key in ("type", "productNumber"):
        _string(resource, key, "a device")
    labels = resource.get("labels") or {}
    if not isinstance(labels, dict) or not all(isinstance(text, str) for text in labels.values()):
        raise AnswerInvalid("a device in the response has labels that are not strings")


def check_event(event: Resource, project_id: str) -> None:
    """The same for an event as a dictionary."""
    check_event_head(
        project_id,
        *(
            _string(event, key, "an event")
            for key in ("eventId", "targetName", "eventType", "timestamp")
        ),
    )


def check_event_head(
    project_id: str, event_id: str, target_name: str, event_type: str, timestamp: str
) -> None:
    """AnswerInvalid for what is no event of this project (section 8); "" is for what is missing."""
    if event_id and not is_id(event_id):
        raise AnswerInvalid("an event in the response has no usable eventId")
    _check_kind(project_id, target_name, event_type)
    if timestamp and not is_timestamp(timestamp):
        raise AnswerInvalid("an event in the response has no usable timestamp")


@lru_cache(MOST_KINDS)
def _check_kind(project_id: str, target_name: str, event_type: str) -> None:
    """The part that is the same for all events of a device and type; what is good is kept."""
    if target_name and not is_target(target_name):
        raise AnswerInvalid("an event in the response has no usable targetName")
    kind, _, rest = target_name.partition("/")
    if kind == "projects" and not is_asked_for(rest.partition("/")[0], project_id):
        raise AnswerInvalid("an event in the response is of another project")
    if event_type and not is_id(event_type):
        raise AnswerInvalid("an event in the response has no usable eventType")


def is_timestamp(text: str) -> bool:
    """Whether it is a moment as RFC 3339 writes it, and there is such a moment."""
    if not _TIME(text):
        return False
    try:
        datetime.fromisoformat(text.upper())
    except ValueError:
        return False
    return True


def count_in(resource: Resource, key: str) -> int:
    """A count, which JSON for 64-bit numbers may carry as a string; 0 where it is absent."""
    value = resource.get(key)
    if value is None:
        return 0
    if isinstance(value, int | str) and not isinstance(value, bool) and _COUNT(str(value)):
        return int(value)
    raise AnswerInvalid(f"the response has no usable {key}")


def latency_in(resource: Resource, key: str) -> str:
    """A duration as the API writes it (`0.411s`), "" where it is absent."""
    value = _string(resource, key, "a metric")
    if value and not _LATENCY(value):
        raise AnswerInvalid(f"the response has no usable {key}")
    return value


def _string(resource: Resource, key: str, what: str) -> str:
    value = resource.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise AnswerInvalid(f"the response has {what} whose {key} is not a string")
    return value

"""Converts an event's data between JSON and objects, by the keys that fields are annotated with.

Reading never fails: what is missing, or not of the documented type, is None.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, Self, get_type_hints

from dcsync.dataclass import dataclass
from dcsync.errors import FormatError
from dcsync.library import log
from dcsync.library.printing import listing


@dataclass(frozen=True, slots=True)
class Key:
    """The JSON key of a field that holds the JSON value itself."""

    name: str

    def read(self, found: Any) -> Any:
        """The field's value from JSON, None if it is absent."""
        return found

    def write(self, value: Any) -> Any:
        """The field's value as JSON."""
        return value


@dataclass(frozen=True, slots=True)
class Moment(Key):
    """The key of a field that is a datetime here and RFC 3339 in JSON."""

    def read(self, found: Any) -> datetime | None:
        """The datetime; None for anything that is not a time."""
        return read_moment(found)

    def write(self, value: datetime) -> str:
        """RFC 3339."""
        return write_moment(value)


@dataclass(frozen=True, slots=True)
class Many(Key):
    """The key of a field that is a list of objects."""

    kind: type[Payload]

    def read(self, found: Any) -> list[Payload] | None:
        """The objects; None for anything but a list."""
        if not isinstance(found, list):
            return None
        return [self.kind.from_raw(item) for item in found if isinstance(item, Mapping)]

    def write(self, value: list[Payload]) -> list[dict[str, Any]]:
        """The objects as JSON."""
        return [item.to_raw() for item in value]


class Payload:
    """Base of everything in `data`: dataclasses whose fields are annotated with their keys."""

    event_type: ClassVar[str] = ""
    """The type that it is the data of; "" for what only occurs inside of data."""
    is_bare: ClassVar[bool] = False
    """Whether its fields lie directly under `data` (section 8)."""

    _keys: Mapping[str, Key] | None = None
    _read: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        """Times may be datetimes or RFC 3339: FormatError, TypeError for others."""
        for name, key in self.keys().items():
            if isinstance(key, Moment):
                setattr(self, name, checked_moment(getattr(self, name)))

    def __str__(self) -> str:
        """All fields, one per line."""
        return listing(self)

    @classmethod
    def keys(cls) -> Mapping[str, Key]:
        """The key of each field."""
        if cls._keys is None:
            hints = get_type_hints(cls, include_extras=True)
            found = {name: getattr(hint, "__metadata__", ())[:1] for name, hint in hints.items()}
            cls._keys = {name: key for name, keys in found.items() for key in keys}
        return cls._keys

    @classmethod
    def from_raw(cls, raw: Mapping[str, Any]) -> Self:
        """The object for the API's JSON."""
        keys = cls.keys().items()
        found = cls(**{name: key.read(raw.get(key.name)) for name, key in keys})
        found._read = raw
        return found

    def to_raw(self) -> dict[str, Any]:
        """This object as JSON, without fields that are None."""
        pairs = ((key, getattr(self, name)) for name, key in self.keys().items())
        return {key.name: key.write(value) for key, value in pairs if value is not None}

    @property
    def raw(self) -> Mapping[str, Any]:
        """The API's JSON, unmodified; for an object created here, the JSON that would be sent."""
        return self.to_raw() if self._read is None else self._read

    @property
    def _raw(self) -> Mapping[str, Any]:
        """The official SDK's name for `raw`."""
        return self.raw

    @classmethod
    def from_event_type(cls, data: Mapping[str, Any], event_type: str) -> Payload | None:
        """The `data` of an event of this type; None for an unknown type."""
        kind = next(
            (each for each in Payload.__subclasses__() if each.event_type == event_type), None
        )
        if not event_type or kind is None:
            log.unknown("event type", event_type)
            return None
        content = data if kind.is_bare else data.get(event_type)
        return kind.from_raw(content if isinstance(content, Mapping) else {})


def read_moment(found: Any) -> datetime | None:
    """A datetime in UTC for RFC 3339; None for anything else."""
    try:
        moment = datetime.fromisoformat(found)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


_RFC_3339 = re.compile(
    r"[0-9]{4}(-[0-9]{2}){2}T([0-9]{2}:){2}[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})"
).fullmatch


def checked_moment(given: Any) -> datetime | None:
    """The datetime that a caller gave as a datetime or RFC 3339.

    FormatError for any other string, including one without a time zone; TypeError for anything
    else.
    """
    if given is None or isinstance(given, datetime):
        return given
    if not isinstance(given, str):
        raise TypeError(f"a time must be a datetime or a string, not {type(given).__name__}")
    moment = read_moment(given) if _RFC_3339(given) else None
    if moment is None:
        raise FormatError(
            f"not a time: {given!r}; give a datetime or a string like 2026-01-01T00:00:00Z"
        )
    return moment


def write_moment(given: datetime) -> str:
    """RFC 3339; a datetime without a zone is UTC, as in the official SDK."""
    aware = given if given.tzinfo else given.replace(tzinfo=UTC)
    return aware.isoformat().replace("+00:00", "Z")


def fahrenheit(celsius: float | None) -> float | None:
    """A temperature in degrees Fahrenheit; None for anything but a number."""
    return celsius * (9 / 5) + 32 if isinstance(celsius, int | float) else None

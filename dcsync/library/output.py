"""A response as an object: attributes to read, `raw` for the rest, no secret shown."""

from __future__ import annotations

from abc import ABCMeta
from collections.abc import Mapping
from typing import Any, ClassVar

from dcsync.library.printing import listing


class Output(metaclass=ABCMeta):  # noqa: B024 - abstract only so that others can register
    """Base of everything that the library returns; events, which are many, are only registered.

    `raw` is the API's JSON, unmodified, secrets included; neither repr nor str shows it.
    """

    shown: ClassVar[tuple[str, ...]] = ()
    """The attributes that repr and str show."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.raw = self._raw = raw

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Output) and self.raw == other.raw

    def __hash__(self) -> int:
        return hash(repr(self))

    def __repr__(self) -> str:
        pairs = (f"{name}={getattr(self, name)!r}" for name in self.shown)
        return f"{type(self).__name__}({', '.join(pairs)})"

    def __str__(self) -> str:
        """All attributes, one per line, with secrets masked."""
        return listing(self)

    @property
    def listed(self) -> tuple[str, ...]:
        """The attributes that `print` shows."""
        return tuple(name for name in vars(self) if name != "raw" and not name.startswith("_"))


def string(raw: Mapping[str, Any], key: str) -> str:
    """A string in the API's JSON; "" if it is absent, null or of another type."""
    value = raw.get(key)
    return value if isinstance(value, str) else ""


def strings(raw: Mapping[str, Any], key: str) -> list[str]:
    """A list of strings; [] if it is absent, null or of another type."""
    value = raw.get(key)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def number(raw: Mapping[str, Any], key: str) -> int:
    """A count, as a number or a string (JSON for 64-bit integers); 0 for anything else."""
    try:
        return int(raw.get(key) or 0)
    except (TypeError, ValueError, OverflowError):
        return 0


def mapping(raw: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """An object; {} if it is absent, null or of another type."""
    value = raw.get(key)
    return value if isinstance(value, Mapping) else {}


def id_after(name: str, collection: str) -> str:
    """`D` of `projects/P/devices/D` for `devices`; "" if the name has no such part."""
    segments = name.strip("/").split("/")
    pairs = dict(zip(segments[::2], segments[1::2], strict=False))
    return pairs.get(collection, "")

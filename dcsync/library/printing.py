"""What `print` shows of the library's objects: one attribute per line, secrets masked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass  # noqa: TID251 - of events, made by the original
from typing import Any

from dcsync.model import HIDDEN, Group, Kind, fields_of, masked_url

INDENT = "    "


def listing(thing: Any) -> str:
    """All attributes of an object, one per line, nested ones indented."""
    return "\n".join(_lines(thing, ""))


def _lines(thing: Any, indent: str) -> Iterator[str]:
    yield f"{type(thing).__name__}("
    for name, value in attributes(thing):
        kind = type(value).__name__
        first, *others = _value_lines(value, indent + INDENT)
        yield f"{indent}{INDENT}{name}: {kind} = {first}"
        yield from others
    yield f"{indent})"


def _value_lines(value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, list):
        yield "["
        for each in value:
            first, *others = _value_lines(each, indent + INDENT)
            yield f"{indent}{INDENT}{first}"
            yield from others
        yield f"{indent}]"
    elif attributes(value):
        yield from _lines(value, indent)
    else:
        yield str(value)


def attributes(thing: Any) -> list[tuple[str, Any]]:
    """The names and values that an object of the library shows; [] for anything else."""
    if isinstance(thing, Group):
        return _config_attributes(thing)
    if is_dataclass(thing):
        return [(each.name, getattr(thing, each.name)) for each in fields(thing)]
    names = getattr(thing, "listed", ())
    return [(name, getattr(thing, name)) for name in names]


def _config_attributes(config: Group) -> list[tuple[str, Any]]:
    shown: list[tuple[str, Any]] = []
    for field in fields_of(type(config)):
        value = getattr(config, field.name)
        if field.spec.secret and value:
            value = dict.fromkeys(value, HIDDEN) if field.kind is Kind.MAP else HIDDEN
        elif isinstance(value, str):
            value = masked_url(value)
        shown.append((field.name, dict(value) if isinstance(value, Mapping) else value))
    return shown

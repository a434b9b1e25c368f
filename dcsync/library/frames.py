"""Events as rows of a table, for pandas and polars, which are imported only here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any

from dcsync.library.events.event import Event


def rows_of(events: Iterable[Event]) -> list[dict[str, Any]]:
    """A row per event, or per sample of a temperature: its ids, then the data in snake_case."""
    return [row for event in events for row in _rows(event)]


def _rows(event: Event) -> Iterator[dict[str, Any]]:
    base = {
        "device_id": event.device_id,
        "event_id": event.event_id,
        "event_type": event.event_type,
    }
    if event.data is None:
        yield base
        return
    samples = event.data.samples if event.event_type == "temperature" else None
    for part in samples or [event.data]:
        yield {**base, **_flat(part.raw)}


def _flat(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {_snake(name): value for name, value in raw.items()}


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)


def package(name: str) -> ModuleType:
    """Import pandas or polars; ModuleNotFoundError says how to install it."""
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        message = f"{name} is not installed: pip install {name}"
        raise ModuleNotFoundError(message, name=name) from error

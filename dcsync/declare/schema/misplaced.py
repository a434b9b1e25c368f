"""Keys that exist, but elsewhere: what a wrong indentation, or a hurried mind, leaves behind."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from dcsync.dataclass import fields
from dcsync.model import CONFIG_CLASSES, Connector, Declared, Policy, WatchFilter, fields_of

_MAPPINGS = frozenset(
    ["connectors", "config", "policy", "defaults", "vars", "projects", "watch", "headers"]
)
_BESIDE = frozenset(each.name for kind in (Connector, Declared) for each in fields(kind))


def empty_above(key: str, block: Mapping[str, Any], known: Container[str]) -> str:
    """The mapping that ends empty where `key` begins, and that `key` may have been meant for."""
    empty = ""
    for each, value in block.items():
        if each == key:
            return empty
        if each in known:
            empty = each if value is None and each in _MAPPINGS else ""
    return ""


def parent_of(key: str, known: Container[str]) -> str:
    """Which of the `known` keys it belongs under; "" where none has it."""
    parents = (
        ("config", _config_keys()),
        ("watch", {each.name for each in fields(WatchFilter)}),
        ("policy", {each.name for each in fields(Policy)}),
        ("connectors", _BESIDE),
    )
    return next((name for name, keys in parents if name in known and key in keys), "")


def belongs_beside_config(key: str) -> bool:
    return key in _BESIDE


def _config_keys() -> set[str]:
    return {each.name for kind in CONFIG_CLASSES.values() for each in fields_of(kind)}

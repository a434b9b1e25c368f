"""Merges fields that others own into a config that is sent as a whole. In memory only.

It is unknown whether the server merges `config` or replaces it (docs/api.md section 4.3), so an
update sends the whole config: the declared fields, and all others as they are now.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from dcsync.dataclass import replace
from dcsync.model import (
    Config,
    Declared,
    Group,
    Kind,
    Leaf,
    comparable,
    config_leaves,
    fields_of,
)
from dcsync.model.path import CONFIG
from dcsync.plan import is_left_to_others

AnyGroup = TypeVar("AnyGroup", bound=Group)


def others_own(declared: Declared, live: Config | None) -> bool:
    """Whether the live config may hold anything that the declaration leaves to others.

    `live` is as old as the plan: fields in ignore_changes may have appeared since.
    """
    return any(CONFIG.covers(owned) for owned in declared.ignore_changes) or any(
        text and is_left_to_others(comparable(path), declared) for path, text in config_leaves(live)
    )


def merge_unmanaged_fields(declared: Declared, live: Config | None) -> Config | None:
    """The declared config, with unmanaged fields as they are in `live`, or absent as there."""
    config = declared.connector.config
    theirs = {comparable(path): (path, text) for path, text in config_leaves(live)}
    ours = {comparable(path): (path, None) for path, _ in config_leaves(config)}
    for key, (path, text) in {**ours, **theirs}.items():
        if is_left_to_others(key, declared):
            config = config and _set(config, path[1:], text)
    return config


def _set(node: AnyGroup, path: tuple[str, ...], value: Leaf | None) -> AnyGroup:
    """`node` with the value at a path below it; missing groups are created."""
    head, *rest = path
    field = next(each for each in fields_of(type(node)) if each.name == head)
    held: Any = getattr(node, head)
    if field.kind is Kind.MAP:
        held = _set_entry(held or {}, rest[0], value, case_insensitive=field.spec.case_insensitive)
    elif field.group is not None:
        held = _set(held or field.group(), tuple(rest), value)
    else:
        held = value
    return replace(node, **{head: held})  # type: ignore[type-var]  # every group is a dataclass


def _set_entry(
    entries: Mapping[str, Leaf], name: str, value: Leaf | None, *, case_insensitive: bool
) -> dict[str, Leaf]:
    def form(key: str) -> str:
        return key.lower() if case_insensitive else key

    kept = {key: other for key, other in entries.items() if form(key) != form(name)}
    return kept if value is None else {**kept, name: value}

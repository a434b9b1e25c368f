"""Puts what others own into a config that is sent whole. Values only, in memory only.

Nobody knows whether the server merges inside `config` or replaces it (dt-api.md section 4.3), so
an update sends the whole config: the declared fields, and everybody else's as they are now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dcsync.model import Config, Declared, Text, config_leaves
from dcsync.plan import comparable, is_left_to_others


def others_own(declared: Declared, live: Config | None) -> bool:
    """Whether the live config may hold anything that the declaration leaves to others.

    `live` is as old as the plan: what ignore_changes names may have appeared since.
    """
    return any(owned.startswith("config.") for owned in declared.ignore_changes) or any(
        text and is_left_to_others(comparable(f"config.{path}"), declared)
        for path, text in config_leaves(live)
    )


def graft(declared: Declared, live: Config | None) -> Config | None:
    """The declared config, with what is left to others as it is in `live`, absence included."""
    config = declared.connector.config
    theirs = {comparable(f"config.{path}"): (path, text) for path, text in config_leaves(live)}
    ours = {comparable(f"config.{path}"): (path, None) for path, _ in config_leaves(config)}
    for key, (path, text) in {**ours, **theirs}.items():
        if is_left_to_others(key, declared):
            config = _set(config, live, path, text)
    return config


def _set(node: Any, like: Any, path: str, text: Text | None) -> Any:
    """`node` with the text at a path; `like` has the shape of what `node` lacks."""
    head, _, rest = path.partition(".")
    if not rest:
        return replace(node, **{head: text})
    inner: Any = getattr(node, head)
    inner_like: Any = getattr(like, head, None)
    if isinstance(inner, Mapping) or isinstance(inner_like, Mapping):
        return replace(node, **{head: _set_header(inner or {}, rest, text)})
    return replace(node, **{head: _set(inner or type(inner_like)(), inner_like, rest, text)})


def _set_header(headers: Mapping[str, Text], name: str, text: Text | None) -> dict[str, Text]:
    kept = {key: value for key, value in headers.items() if key.lower() != name.lower()}
    return kept if text is None else {**kept, name: text}

"""A connector as rules see it: as it will be, with references as they are written."""

from __future__ import annotations

from typing import Any

from dcsync.declare.declaration import BROKEN
from dcsync.declare.meaning.connectors import WrittenConnector
from dcsync.declare.strict_yaml.blocks import Block
from dcsync.model import CONFIG_CLASSES, HttpPushConfig, fields_of

_DEFAULTS = {"type": HttpPushConfig.type, "event_types": [], "labels": []}


def document_of(entry: WrittenConnector, project: str) -> dict[str, Any] | None:
    """`defaults` laid under, and what is left out filled in; None where it cannot be read."""
    if _is_broken(entry.whole):
        return None
    given = _without_nulls(entry.whole)
    document = {"project": project, "display_name": entry.key, **_DEFAULTS, **given}
    known = {each.name for each in fields_of(CONFIG_CLASSES[document["type"]])}
    config = given.get("config", {})
    document["config"] = {key: value for key, value in config.items() if key in known}
    return document


def _without_nulls(block: Block) -> dict[str, Any]:
    """null drops a default; in `label_filters` it means any value, and stays."""
    return {
        key: _without_nulls(value) if isinstance(value, Block) and key != "label_filters" else value
        for key, value in block.items()
        if value is not None
    }


def _is_broken(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_is_broken, value.values()))
    return any(map(_is_broken, value)) if isinstance(value, list) else value is BROKEN

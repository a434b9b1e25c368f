"""The document of a connector that rules check: complete, with references as written."""

from __future__ import annotations

from typing import Any

from dcsync.declare.declaration import BROKEN
from dcsync.declare.meaning.connectors import WrittenConnector
from dcsync.declare.strict_yaml.blocks import Block
from dcsync.model import CONFIG_CLASSES, HttpPushConfig, fields_of

_DEFAULTS = {"type": HttpPushConfig.type, "event_types": [], "labels": []}


def document_of(entry: WrittenConnector, project: str) -> dict[str, Any] | None:
    """The connector with `defaults` merged and omitted fields filled in; None if it is invalid."""
    if _is_broken(entry.whole):
        return None
    given = _without_nulls(entry.whole)
    document = {"project": project, "display_name": entry.key, **_DEFAULTS, **given}
    known = {each.name for each in fields_of(CONFIG_CLASSES[document["type"]])}
    config = given.get("config", {})
    document["config"] = {key: value for key, value in config.items() if key in known}
    return document


def _without_nulls(block: Block) -> dict[str, Any]:
    """null removes a default; in `label_filters` it means any value, and is kept."""
    return {
        key: _without_nulls(value) if isinstance(value, Block) and key != "label_filters" else value
        for key, value in block.items()
        if value is not None
    }


def _is_broken(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_is_broken, value.values()))
    return any(map(_is_broken, value)) if isinstance(value, list) else value is BROKEN

"""Writes a live connector as an entry of `connectors:`. Pure.

What a declaration cannot express (an empty name, a header with a line break) is added to
`ignore_changes`, so that the plan is empty and the field is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, assert_never

from dcsync.adopt.variables import Variables
from dcsync.dataclass import dataclass, field
from dcsync.declare.canonical.writing import literal
from dcsync.masked import field_pieces
from dcsync.model import (
    ConfigField,
    Connector,
    FieldPath,
    Group,
    HttpPushConfig,
    Kind,
    SecretOrStr,
    fields_of,
    reveal,
)
from dcsync.model.path import CONFIG, DISPLAY_NAME

_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_NO_LINE = re.compile(r"[\r\n\x00\ud800-\udfff]")
_ITEM_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
_DECLARABLE_STATUS = ("ACTIVE", "USER_DISABLED")


def can_be_declared(display_name: str) -> bool:
    """Whether a declaration may have this name."""
    return bool(display_name) and not _CONTROL.search(display_name)


@dataclass(slots=True)
class Entry:
    """Writes one connector; `words` are the prefix of its variables."""

    key: str
    words: tuple[str, ...]
    variables: Variables
    ignored: list[FieldPath] = field(default_factory=list)

    def of(self, live: Connector, *, pinned: bool) -> dict[str, Any]:
        """The fields in schema order, without those that have their default."""
        name = {} if live.display_name == self.key else {"display_name": literal(live.display_name)}
        if not can_be_declared(live.display_name):
            name = {}
            self.ignored.append(DISPLAY_NAME)
        return {
            **name,
            **({} if live.type == HttpPushConfig.type else {"type": live.type}),
            **({"status": live.status} if live.status in _DECLARABLE_STATUS else {}),
            **self._names("event_types", live.event_types),
            **self._names("labels", live.labels),
            "config": self._config(live.config, ()) if live.config else {},
            **({"id": live.data_connector_id} if pinned else {}),
            **(
                {"ignore_changes": [literal(str(each)) for each in self.ignored]}
                if self.ignored
                else {}
            ),
        }

    def _names(self, key: str, names: tuple[str, ...]) -> dict[str, list[str]]:
        if all(name and not _CONTROL.search(name) for name in names):
            return {key: [literal(name) for name in dict.fromkeys(names)]} if names else {}
        self.ignored.append(FieldPath((key,)))
        return {}

    def _config(self, config: Group, above: tuple[str, ...]) -> dict[str, Any]:
        parts = {
            field.name: self._part(field, getattr(config, field.name), (*above, field.name))
            for field in fields_of(type(config))
        }
        return {name: part for name, part in parts.items() if part or part is False or part == 0}

    def _part(self, field: ConfigField, value: Any, path: tuple[str, ...]) -> Any:
        """The value of a field; "" and {} for nothing."""
        match field.kind:
            case Kind.STRING if field.spec.secret:
                return self._secret(value or "", path)
            case Kind.STRING:
                return self._text(reveal(value or ""), path)
            case Kind.MAP:
                return self._map(field, value or {}, path)
            case Kind.GROUP:
                return self._config(value, path) if value else {}
            case Kind.NUMBER | Kind.BOOLEAN:
                return "" if value is None else value
            case _:
                assert_never(field.kind)

    def _secret(self, secret: SecretOrStr, path: tuple[str, ...]) -> str:
        value = reveal(secret)
        return self._reference(path, value) if value and "\0" not in value else ""

    def _map(
        self, field: ConfigField, entries: Mapping[str, SecretOrStr], path: tuple[str, ...]
    ) -> dict[str, str]:
        written = {}
        last = {name.lower() if field.spec.case_insensitive else name: name for name in entries}
        for name in last.values():
            value = reveal(entries[name])
            if not _is_name(field, name) or _NO_LINE.search(value):
                self.ignored.append(CONFIG.below(*path, *((name,) if name else ())))
            elif value and field.spec.secret:
                written[name] = self._reference((*path, name), value)
            elif value:
                written[name] = self._text(value, (*path, name))
        return written

    def _text(self, text: str, path: tuple[str, ...]) -> str:
        """A string, with references for what is not plain: a URL's user, its query values."""
        return "".join(
            self._reference((*path, name), piece) if name and piece else self.variables.plain(piece)
            for name, piece in _pieces(path[-1], text)
        )

    def _reference(self, path: tuple[str, ...], value: str) -> str:
        place = ".".join(("connectors", self.key, "config", *path))
        return self.variables.reference((*self.words, *path), value, place)


def _is_name(field: ConfigField, name: str) -> bool:
    """Whether a declaration may have an entry of this name."""
    form = field.spec.names
    return bool(name) and (form is None or bool(re.search(form.pattern, name)))


def _pieces(name: str, text: str) -> Iterator[tuple[str, str]]:
    """The parts of a field; those that are not plain have a name."""
    before = ""
    pieces = field_pieces(name, text)
    for piece in pieces:
        if piece.plain:
            yield "", piece.text
        elif before.endswith("?"):
            yield from _items(piece.text)
        else:
            yield "rest" if piece is pieces[-1] else "user", piece.text
        before = piece.text


def _items(query: str) -> Iterator[tuple[str, str]]:
    for number, item in enumerate(query.split("&")):
        name, _, value = item.partition("=")
        yield "", "&" * (number > 0)
        if value and _ITEM_NAME.fullmatch(name):
            yield "", f"{name}="
            yield name, value
        else:
            yield "query", item

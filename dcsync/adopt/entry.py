"""One live connector as an entry of `connectors:`. Pure.

What a declaration cannot say (an empty name, a header with a line break) is left to others with
`ignore_changes`, so that the plan stays empty and the field as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

from dcsync.adopt.variables import Variables
from dcsync.declare.writing import literal
from dcsync.model import Connector, HttpPushConfig, Text, reveal

_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_NO_HEADER_VALUE = re.compile(r"[\r\n\x00\ud800-\udfff]")
_DECLARABLE_STATUS = ("ACTIVE", "USER_DISABLED")


def can_be_declared(display_name: str) -> bool:
    """Whether a declaration may have this name."""
    return bool(display_name) and not _CONTROL.search(display_name)


@dataclass(slots=True)
class Entry:
    """Writes one connector down; `words` begin the names of its variables."""

    key: str
    words: tuple[str, ...]
    variables: Variables
    ignored: list[str] = field(default_factory=list)

    def of(self, live: Connector, *, pinned: bool) -> dict[str, Any]:
        """The fields in the order of the schema, those left out that have their default."""
        name = {} if live.display_name == self.key else {"display_name": literal(live.display_name)}
        if not can_be_declared(live.display_name):
            name = {}
            self.ignored.append("display_name")
        return {
            **name,
            **({} if live.type == HttpPushConfig.type else {"type": live.type}),
            **({"status": live.status} if live.status in _DECLARABLE_STATUS else {}),
            **self._names("event_types", live.event_types),
            **self._names("labels", live.labels),
            "config": self._config(live.config, ()),
            **({"id": live.data_connector_id} if pinned else {}),
            **({"ignore_changes": list(map(literal, self.ignored))} if self.ignored else {}),
        }

    def _names(self, key: str, names: tuple[str, ...]) -> dict[str, list[str]]:
        if all(name and not _CONTROL.search(name) for name in names):
            return {key: [literal(name) for name in dict.fromkeys(names)]} if names else {}
        self.ignored.append(key)
        return {}

    def _config(self, config: Any, above: tuple[str, ...]) -> dict[str, Any]:
        written: dict[str, Any] = {}
        for name in (each.name for each in fields(config)):
            value = getattr(config, name)
            path = (*above, name)
            if name == "headers":
                part: Any = self._headers(value or {})
            elif name == "signature_secret":
                part = self._secret(value or "")
            elif is_dataclass(value):
                part = self._config(value, path)
            else:
                part = self._text(reveal(value or ""), path)
            if part:
                written[name] = part
        return written

    def _secret(self, secret: Text) -> str:
        value = reveal(secret)
        return self._reference(("signature_secret",), value) if value and "\0" not in value else ""

    def _headers(self, headers: Mapping[str, Text]) -> dict[str, str]:
        written = {}
        last = {name.lower(): name for name in headers}  # letter case does not tell them apart
        for name in last.values():
            value = reveal(headers[name])
            if not _HEADER.fullmatch(name) or _NO_HEADER_VALUE.search(value):
                self.ignored.append(f"config.headers.{name}" if name else "config.headers")
            elif value:
                written[name] = self._reference(("headers", name), value)
        return written

    def _text(self, text: str, path: tuple[str, ...]) -> str:
        """A text, with references for what a URL hides: its user part and its query values."""
        return "".join(
            self._reference((*path, name), piece) if name and piece else literal(piece)
            for name, piece in _pieces(text)
        )

    def _reference(self, path: tuple[str, ...], value: str) -> str:
        place = ".".join(("connectors", self.key, "config", *path))
        return self.variables.reference((*self.words, *path), value, place)


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """The parts of a text, each secret one with a name: what `model.masked_url` masks."""
    before, mark, query = text.partition("?")
    scheme, slashes, rest = before.partition("://")
    authority, slash, path = rest.partition("/")
    user, at, host = authority.rpartition("@")
    yield "", scheme + slashes
    yield "user", user
    yield "", at + host + slash + path + mark
    for number, item in enumerate(query.split("&") if mark else ()):
        name, equals, value = item.partition("=")
        yield "", "&" * (number > 0) + (name + equals if equals else "")
        yield name if equals and name else "query", value if equals else name

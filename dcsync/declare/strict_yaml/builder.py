"""Builds values directly from the events of PyYAML's parsers, libyaml's or its own.

Faster than PyYAML's own construction, and stricter: duplicate keys, keys that are not strings,
tags, and aliases that expand too far are problems.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import yaml

from dcsync.dataclass import dataclass, field
from dcsync.declare.strict_yaml.blocks import (
    COLUMN_BITS,
    Block,
    EntryMarks,
    Items,
    Mark,
    line_and_column,
    mark_at,
)
from dcsync.declare.strict_yaml.scalars import SPECIAL_STARTS, plain_value
from dcsync.declare.suggestions import did_you_mean

MAX_DEPTH = 32
"""Maximum nesting; a declaration needs six levels."""

MAX_VALUES = 500_000
"""Maximum number of values with aliases expanded; ten thousand connectors take 300,000."""

_NO_KEY: Any = object()
_MERGE: Any = object()
_STRING_TAGS = ("tag:yaml.org,2002:str", "!")
_SCALAR_TAGS: dict[str, type] = {
    "tag:yaml.org,2002:int": int,
    "tag:yaml.org,2002:float": float,
    "tag:yaml.org,2002:bool": bool,
    "tag:yaml.org,2002:null": type(None),
}
_COLLECTION_TAGS = (None, "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
_TAG_PROBLEM = "this tag is not allowed here: a declaration is plain data"


class Unreadable(Exception):
    """Parsing cannot continue at `mark`."""

    def __init__(self, message: str, mark: Mark) -> None:
        super().__init__(message)
        self.message = message
        self.mark = mark


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document of a file."""

    value: Any
    mark: Mark


@dataclass(slots=True)
class ParsedYaml:
    """The content of a file and its problems; `complete` if it was read to the end."""

    documents: list[Document] = field(default_factory=list)
    problems: list[tuple[str, Mark]] = field(default_factory=list)
    complete: bool = False


class _Frame:
    """An open collection: its content so far, and the key whose value comes next."""

    __slots__ = ("anchor", "before", "key", "key_mark", "mark", "merges", "node")

    def __init__(self, node: Block | Items, mark: Mark, anchor: str | None, before: int) -> None:
        self.node: Any = node
        self.mark = mark
        self.anchor = anchor
        self.before = before
        self.key: Any = _NO_KEY
        self.key_mark: Any = None
        self.merges: list[tuple[Any, Mark]] = []


class Builder:
    """Handles the parser's events; `frame` is the innermost open collection."""

    def __init__(self, parsed: ParsedYaml) -> None:
        self.parsed = parsed
        self.frame: _Frame | None = None
        self.outer: list[_Frame | None] = []
        self.anchors: dict[str, tuple[Any, int] | None] = {}
        self.count = 0
        self.handlers: dict[type, Callable[[Any], None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._open,
            yaml.SequenceStartEvent: self._open,
            yaml.MappingEndEvent: self._close,
            yaml.SequenceEndEvent: self._close,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._start,
        }

    def run(self, parser: Any) -> None:
        handlers, next_event = self.handlers, parser.get_event
        while (event := next_event()) is not None:
            handler = handlers.get(event.__class__)
            if handler is not None:
                handler(event)

    def _start(self, event: Any) -> None:  # noqa: ARG002 - as every handler
        self.anchors.clear()

    def _scalar(self, event: Any) -> None:
        value: Any = event.value
        if event.tag is not None:
            value = self._tagged(event)
        elif not event.style:
            if value == "<<" and self._awaits_key():
                value = _MERGE
            elif value[:1] in SPECIAL_STARTS:
                value = plain_value(value)
        self._count(1, event)
        if event.anchor is not None and value is not _MERGE:
            self.anchors[event.anchor] = (value, 1)
        mark = event.start_mark
        self._add(value, mark.line << COLUMN_BITS | mark.column)

    def _tagged(self, event: Any) -> Any:
        if event.tag in _STRING_TAGS:
            return event.value
        value = plain_value(event.value)
        if _SCALAR_TAGS.get(event.tag) is not type(value):
            self._problem(_TAG_PROBLEM, _mark(event))
        return value

    def _awaits_key(self) -> bool:
        frame = self.frame
        return frame is not None and frame.key is _NO_KEY and isinstance(frame.node, Block)

    def _open(self, event: Any) -> None:
        if self._awaits_key():
            raise Unreadable("a key must be a plain string", _mark(event))
        if len(self.outer) >= MAX_DEPTH:
            raise Unreadable(f"nested more than {MAX_DEPTH} levels deep", _mark(event))
        if event.tag not in _COLLECTION_TAGS:
            self._problem(_TAG_PROBLEM, _mark(event))
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        node = Block() if isinstance(event, yaml.MappingStartEvent) else Items()
        self.outer.append(self.frame)
        self.frame = _Frame(node, _mark(event), event.anchor, self.count)
        self._count(1, event)

    def _close(self, event: Any) -> None:  # noqa: ARG002 - as every handler
        frame: Any = self.frame
        for source, mark in frame.merges:
            self._merge(frame.node, source, mark)
        if frame.anchor is not None:
            self.anchors[frame.anchor] = (frame.node, self.count - frame.before)
        self.frame = self.outer.pop()
        self._add(frame.node, frame.mark)

    def _alias(self, event: Any) -> None:
        if event.anchor not in self.anchors:
            hint = did_you_mean(event.anchor, self.anchors)
            message = f"no anchor '{event.anchor}' before this alias{hint}"
            raise Unreadable(message, _mark(event))
        anchored = self.anchors[event.anchor]
        if anchored is None:
            raise Unreadable(
                f"'*{event.anchor}' is inside the value that it refers to", _mark(event)
            )
        value, size = anchored
        self._count(size, event)
        self._add(value, _mark(event))

    def _count(self, values: int, event: Any) -> None:
        self.count += values
        if self.count > MAX_VALUES:
            message = f"more than {MAX_VALUES:,} values with aliases expanded"
            raise Unreadable(f"{message}: split the file, or use fewer aliases", _mark(event))

    def _add(self, value: Any, mark: Mark) -> None:
        frame = self.frame
        if frame is None:
            self.parsed.documents.append(Document(value, mark))
        elif frame.node.__class__ is Items:
            frame.node.append(value)
            frame.node.places.append(mark)
        elif frame.key is _NO_KEY:
            frame.key, frame.key_mark = value, mark
        else:
            key, frame.key = frame.key, _NO_KEY
            self._put(frame, key, value, (frame.key_mark, mark))

    def _put(self, frame: _Frame, key: Any, value: Any, place: EntryMarks) -> None:
        node = frame.node
        if key is _MERGE:
            frame.merges.append((value, place[1]))
        elif key.__class__ is not str:
            self._problem("a key must be a string: put it in quotes", place[0])
        elif key in node:
            line, column = line_and_column(node.key_mark(key))
            where = f"line {line}, column {column}"
            self._problem(f"'{key}' is given twice: first in {where}", place[0])
        else:
            node[key] = value
            node.places[key] = place

    def _merge(self, node: Block, source: Any, mark: Mark) -> None:
        """Merge one merge key's mappings into `node`; existing keys win."""
        for each in source if isinstance(source, Items) else (source,):
            if not isinstance(each, Block):
                self._problem("'<<' merges a mapping, or a list of mappings", mark)
                continue
            for key in each:
                if key not in node:
                    node.put(key, each[key], each.places[key])

    def _problem(self, message: str, mark: Mark) -> None:
        self.parsed.problems.append((message, mark))


def _mark(event: Any) -> Mark:
    return mark_at(event.start_mark.line, event.start_mark.column)

"""Writes declarations in canonical form, for new files. Changes no file.

Every string is the same when the file is loaded again: what YAML or another YAML parser could read
differently is quoted, and `literal` escapes `${`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dcsync.declare.canonical.layout import INDENT
from dcsync.declare.strict_yaml.scalars import plain_value

_PLAIN = re.compile(r"[A-Za-z0-9_/.$]([A-Za-z0-9_/.:@=?&%+~${}() -]*[A-Za-z0-9_/.=}%+~)-])?")
_PLAIN_IN_LIST = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_. -]*[A-Za-z0-9_])?")
_OTHER_READERS = re.compile(r"(y|n|yes|no|on|off|[0-9][0-9_:.,-]*)", re.IGNORECASE)
"""Strings for us, but booleans, dates and numbers for YAML 1.1 parsers."""
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def literal(text: str) -> str:
    """Escape a string without references for a declaration."""
    return text.replace("${", "$${")


def document(
    entries: Mapping[str, Any], *, head: Sequence[str] = (), spaced: str = "connectors"
) -> str:
    """A file of nested mappings, lists of strings, strings and integers.

    `head` are comment lines at the top. The entries of `spaced` are separated by blank lines.
    """
    lines = [f"# {line}".rstrip() for line in head]
    for key, value in entries.items():
        if key == spaced and isinstance(value, Mapping) and value:
            lines.append(f"{key}:")
            blocks = ["\n".join(_entry(name, each, 1)) for name, each in value.items()]
            lines.append("\n\n".join(blocks))
        else:
            lines += _entry(key, value, 0)
    return "\n".join(lines) + "\n"


def scalar(text: str, *, in_list: bool = False) -> str:
    """A string as YAML, quoted if necessary."""
    pattern = _PLAIN_IN_LIST if in_list else _PLAIN
    is_plain = (
        pattern.fullmatch(text)
        and ": " not in text
        and isinstance(plain_value(text), str)
        and not _OTHER_READERS.fullmatch(text)
    )
    return text if is_plain else f'"{"".join(map(_escaped, text))}"'


def _entry(key: str, value: Any, depth: int) -> Iterator[str]:
    start = f"{' ' * INDENT * depth}{scalar(key)}:"
    if isinstance(value, Mapping) and value:
        yield start
        for name, each in value.items():
            yield from _entry(name, each, depth + 1)
    else:
        yield f"{start} {_value(value)}"


def _value(value: Any) -> str:
    if isinstance(value, str):
        return scalar(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Mapping):
        return "{}"
    return f"[{', '.join(scalar(each, in_list=True) for each in value)}]"


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\U{code:08x}"

"""The strict YAML reader: bytes to Blocks, Items and scalars with positions.

Values are not interpreted here, and no message repeats one.
"""

from __future__ import annotations

import yaml

from dcsync.declare.strict_yaml.blocks import Mark, mark_at
from dcsync.declare.strict_yaml.builder import Builder, ParsedYaml, Unreadable

LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(data: bytes, loader: type = LOADER) -> ParsedYaml:
    """All documents in `data`; after a syntax error, those before it and the problem."""
    parsed = ParsedYaml()
    try:
        data.decode("utf-8")
        Builder(parsed).run(loader(data))
        parsed.complete = True
    except UnicodeDecodeError as error:
        parsed.problems.append((_encoding_problem(data), _mark(data, error.start)))
    except yaml.reader.ReaderError as error:
        parsed.problems.append((_character_problem(error), _mark(data, error.position)))
    except yaml.MarkedYAMLError as error:
        where = error.problem_mark or error.context_mark
        line, column = (where.line, where.column) if where else (0, 0)
        problem = _syntax_problem(error, data, line, column)
        parsed.problems.append((problem, mark_at(line, column)))
    except Unreadable as error:
        parsed.problems.append((error.message, error.mark))
    return parsed


def _mark(data: bytes, offset: int) -> Mark:
    before = data[:offset].decode("utf-8", "replace")
    return mark_at(before.count("\n"), len(before) - before.rfind("\n") - 1)


def _encoding_problem(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "the file is UTF-16: save it as UTF-8"
    return "the file is not UTF-8 from here on: save it as UTF-8"


def _character_problem(error: yaml.reader.ReaderError) -> str:
    code = error.character if isinstance(error.character, int) else ord(str(error.character)[:1])
    return f"the character U+{code:04X} is not allowed in YAML: write it escaped, in double quotes"


def _syntax_problem(error: yaml.MarkedYAMLError, data: bytes, line: int, column: int) -> str:
    lines = data.decode("utf-8").removeprefix("\ufeff").split("\n")
    before, rest = (lines[line][:column], lines[line][column:]) if line < len(lines) else ("", "")
    problem = (error.problem or error.context or "it cannot be parsed").partition(", but ")[0]
    if before.endswith("$") and rest.startswith("{"):
        return "not YAML: inside [ ] and { } a string with ${…} must be in quotes"
    if rest.startswith("\t"):
        return "not YAML: a tab cannot indent or begin a value; use spaces"
    if rest[:1] in {"@", "`", "%"} and not rest.startswith("%YAML"):
        return f"not YAML: a string cannot begin with {rest[0]} unless it is in quotes"
    if problem.startswith("mapping values are not allowed"):
        return "not YAML: a ': ' is not allowed here; quote the string or fix the indentation"
    if problem in _MISALIGNED:
        return "not YAML: this does not fit here: check the indentation, and the quotes above it"
    if problem == "could not find expected ':'":
        return "not YAML: a key without ':' behind it, or the wrong indentation"
    return f"not YAML: {problem}"


_MISALIGNED = (
    "did not find expected key",
    "expected <block end>",
    "did not find expected <document start>",
    "expected '<document start>'",
)
"""What the two parsers say of a line that is indented differently from those beside it."""

"""Diagnostics as lines, as JSON and as GitHub annotations. Returns strings, prints nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from dcsync.model import Diagnostic, Severity
from dcsync.render.plan_json import diagnostic_object

Style = Callable[[str, str], str]

FORMAT_VERSION = 1

MAX_ANNOTATIONS = 10
"""As many of a kind as GitHub shows for one step."""

_STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow"}
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})


def lines(diagnostics: Sequence[Diagnostic], style: Style) -> str:
    """`FILE:LINE:COLUMN: error: message`, a line each."""
    return "\n".join(style(str(each), _STYLES[each.severity]) for each in diagnostics)


def as_json(diagnostics: Sequence[Diagnostic]) -> str:
    """All of them, and whether the declarations are valid: warnings do not count."""
    valid = not any(each.severity is Severity.ERROR for each in diagnostics)
    document = {
        "format_version": FORMAT_VERSION,
        "valid": valid,
        "diagnostics": [diagnostic_object(each) for each in diagnostics],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def github_annotations(diagnostics: Sequence[Diagnostic]) -> str:
    """GitHub's workflow commands, errors first; what it would not show is only counted."""
    commands = []
    for severity in (Severity.ERROR, Severity.WARNING):
        kind = [each for each in diagnostics if each.severity is severity]
        shown = kind if len(kind) <= MAX_ANNOTATIONS else kind[: MAX_ANNOTATIONS - 1]
        commands += [_annotation(each) for each in shown]
        if len(kind) > len(shown):
            commands.append(f"::{severity}::and {len(kind) - len(shown)} more: see the log")
    return "\n".join(commands)


def _annotation(diagnostic: Diagnostic) -> str:
    position = diagnostic.position
    place = ""
    if position:
        file = position.file.translate(_PROPERTY)
        place = f" file={file},line={position.line},col={position.column}"
    return f"::{diagnostic.severity}{place}::{diagnostic.message.translate(_DATA)}"

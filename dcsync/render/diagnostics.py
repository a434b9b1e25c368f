"""Formats diagnostics as lines, JSON and GitHub annotations. Returns strings, prints nothing."""

from __future__ import annotations

from collections.abc import Sequence

from dcsync.dataclass import fields
from dcsync.model import Diagnostic, Position, Severity
from dcsync.render.words import Annotations, Style, Visible, json_text, lines, visible
from dcsync.render.wrapping import wrapped

FORMAT_VERSION = 1

MAX_ANNOTATIONS = 10
"""As many of a kind as GitHub shows for one step."""

_STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow"}
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})


def as_text(diagnostics: Sequence[Diagnostic], style: Style, width: int | None = None) -> Visible:
    """`FILE:LINE:COLUMN: error: message`, one per line."""
    return lines(
        style(line, _STYLES[each.severity])
        for each in diagnostics
        for line in wrapped(visible(str(each)), width, "  ")
    )


def as_json(diagnostics: Sequence[Diagnostic]) -> Visible:
    """All diagnostics, and whether the declarations are valid; warnings do not count."""
    valid = not any(each.severity is Severity.ERROR for each in diagnostics)
    document = {
        "format_version": FORMAT_VERSION,
        "valid": valid,
        "diagnostics": [diagnostic_object(each) for each in diagnostics],
    }
    return json_text(document)


def diagnostic_object(diagnostic: Diagnostic) -> dict[str, object]:
    """One diagnostic; without a place in the files, `source` is null. `rule` only where it has
    one.
    """
    return {
        "severity": str(diagnostic.severity),
        "message": diagnostic.message,
        "source": position_object(diagnostic.position),
        **({"rule": diagnostic.rule} if diagnostic.rule else {}),
    }


def position_object(position: Position | None) -> dict[str, object] | None:
    """A position in the files, or null."""
    if position is None:
        return None
    return {each.name: getattr(position, each.name) for each in fields(position)}


def github_annotations(diagnostics: Sequence[Diagnostic]) -> Annotations:
    """GitHub's workflow commands, errors first; those beyond GitHub's limit are only counted."""
    commands = []
    for severity in (Severity.ERROR, Severity.WARNING):
        kind = [each for each in diagnostics if each.severity is severity]
        shown = kind if len(kind) <= MAX_ANNOTATIONS else kind[: MAX_ANNOTATIONS - 1]
        commands += [_annotation(each) for each in shown]
        if len(kind) > len(shown):
            commands.append(f"::{severity}::and {len(kind) - len(shown)} more: see the log")
    return Annotations("\n".join(commands))


def _annotation(diagnostic: Diagnostic) -> str:
    position = diagnostic.position
    place = ""
    if position:
        file = visible(position.file).translate(_PROPERTY)
        place = f" file={file},line={position.line},col={position.column}"
    return f"::{diagnostic.severity}{place}::{visible(diagnostic.message).translate(_DATA)}"

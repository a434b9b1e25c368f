"""Diagnostics as text, JSON and GitHub annotations."""

from __future__ import annotations

from dcsync.model import Diagnostic, Position, Severity
from dcsync.render.diagnostics import as_text, github_annotations
from dcsync.render.words import visible


def diagnostic(severity: Severity, message: str, line: int = 1) -> Diagnostic:
    return Diagnostic(severity, message, Position("a.yaml", line, 3))


def test_colour_tells_errors_from_warnings() -> None:
    """Each line has the colour of its severity, and says it in words too."""
    text = as_text(
        [diagnostic(Severity.ERROR, "one"), diagnostic(Severity.WARNING, "two")],
        lambda text, style: visible(f"<{style}>{text}"),
    )

    assert text == "<red>a.yaml:1:3: error: one\n<yellow>a.yaml:1:3: warning: two"


def test_an_annotation_cannot_be_broken_by_its_text() -> None:
    """What means something in a workflow command is escaped, in messages and in file names."""
    tricky = Diagnostic(
        Severity.ERROR, "100%\n::error::forged, really: no\r", Position("a,b:c%.yaml", 1, 2)
    )

    assert github_annotations([tricky]) == (
        "::error file=a%2Cb%3Ac%25.yaml,line=1,col=2::100%25\\n::error::forged, really: no\\r"
    )


def test_a_problem_without_a_place_is_annotated_without_one() -> None:
    """Not every problem stands in a file."""
    assert (
        github_annotations([Diagnostic(Severity.WARNING, "nothing there")])
        == "::warning::nothing there"
    )


def test_errors_come_first_and_no_more_than_github_shows() -> None:
    """GitHub shows ten of a kind for a step: the rest is counted, not lost silently."""
    many = [diagnostic(Severity.WARNING, "w")] + [
        diagnostic(Severity.ERROR, "e", line) for line in range(1, 13)
    ]

    shown = github_annotations(many).splitlines()

    assert len(shown) == 11
    assert shown[8] == "::error file=a.yaml,line=9,col=3::e"
    assert shown[9] == "::error::and 3 more: see the log"
    assert shown[10] == "::warning file=a.yaml,line=1,col=3::w"

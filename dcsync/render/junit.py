"""Formats diagnostics as JUnit XML, which CI systems show as tests."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from dcsync.model import Diagnostic, Severity
from dcsync.render.words import Visible, block, visible


def render_junit(diagnostics: Sequence[Diagnostic]) -> Visible:
    """One test per problem; without errors, one that passed."""
    failed = [each for each in diagnostics if each.severity is Severity.ERROR]
    warned = [each for each in diagnostics if each.severity is not Severity.ERROR]
    tests = [*map(_failure, failed), *map(_warning, warned)]
    if not failed:
        tests.append('    <testcase classname="dcsync" name="declarations are valid"/>')
    tally = f'tests="{len(tests)}" failures="{len(failed)}" errors="0"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<testsuites {tally}>",
        f'  <testsuite name="dcsync validate" {tally}>',
        *tests,
        "  </testsuite>",
        "</testsuites>",
    ]
    return block("\n".join(lines))


def _failure(diagnostic: Diagnostic) -> str:
    text = escape(visible(str(diagnostic)))
    failure = f"<failure message={_attribute(diagnostic.message)}>{text}</failure>"
    return f"    {_opening(diagnostic)}{failure}</testcase>"


def _warning(diagnostic: Diagnostic) -> str:
    text = escape(visible(str(diagnostic)))
    return f"    {_opening(diagnostic)}<system-out>{text}</system-out></testcase>"


def _opening(diagnostic: Diagnostic) -> str:
    position = diagnostic.position
    subject = diagnostic.rule or diagnostic.message
    name = f"{position}: {subject}" if position else subject
    file = position.file if position else "dcsync"
    place = f' file={_attribute(file)} line="{position.line}"' if position else ""
    return f"<testcase classname={_attribute(file)} name={_attribute(name)}{place}>"


def _attribute(text: str) -> str:
    return quoteattr(visible(text))

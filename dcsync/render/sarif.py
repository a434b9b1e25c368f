"""Renders diagnostics as SARIF 2.1.0, which code scanning shows in a pull request."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from dcsync.model import Diagnostic, Position
from dcsync.render.words import Visible, json_text

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
DECLARATION = "declaration"
"""The rule id of every problem that is not about a house rule."""


def render_sarif(diagnostics: Sequence[Diagnostic], version: str, folder: Path) -> Visible:
    """One run; paths are relative to `folder`, where the command ran."""
    rules = list(dict.fromkeys(map(_rule_id, diagnostics)))
    driver = {
        "name": "dcsync",
        "semanticVersion": version,
        "rules": [{"id": rule, "name": rule.rpartition("/")[2]} for rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, rules, folder) for each in diagnostics],
    }
    return json_text({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule_id(diagnostic: Diagnostic) -> str:
    return f"house-rule/{diagnostic.rule}" if diagnostic.rule else DECLARATION


def _result(diagnostic: Diagnostic, rules: Sequence[str], folder: Path) -> dict[str, object]:
    rule = _rule_id(diagnostic)
    position = diagnostic.position
    return {
        "ruleId": rule,
        "ruleIndex": rules.index(rule),
        "level": str(diagnostic.severity),
        "message": {"text": diagnostic.message},
        "locations": [_location(position, folder)] if position else [],
    }


def _location(position: Position, folder: Path) -> dict[str, object]:
    region = {"startLine": position.line, "startColumn": position.column}
    artifact = {"uri": _uri(Path(position.file), folder)}
    return {"physicalLocation": {"artifactLocation": artifact, "region": region}}


def _uri(path: Path, folder: Path) -> str:
    """A relative reference if the file is below the folder, else a file URI."""
    whole = Path(os.path.normpath(folder / path))
    if whole.is_relative_to(folder):
        return quote(whole.relative_to(folder).as_posix())
    return whole.as_uri()

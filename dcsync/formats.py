"""In which formats results are printed, and which of them each kind of command has.

A command's own formats are a type: with `match` and `assert_never` mypy finds one that has no
renderer, and the parser takes no other.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal


class Format(StrEnum):
    """What `--format` names."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"
    CLOUDEVENTS = "cloudevents"
    OPENMETRICS = "openmetrics"
    SARIF = "sarif"
    JUNIT = "junit"


class View(StrEnum):
    """How much of a plan is shown to people; programs always get all of it."""

    GROUPED = "grouped"
    """The same change in many projects once."""
    EXPANDED = "expanded"
    SUMMARY = "summary"
    """A line a project."""


PlainFormat = Literal[Format.TEXT, Format.JSON]
CheckFormat = Literal[Format.TEXT, Format.JSON, Format.SARIF, Format.JUNIT]
PlanFormat = Literal[Format.TEXT, Format.JSON, Format.MARKDOWN]
StatusFormat = Literal[Format.TEXT, Format.JSON, Format.MARKDOWN, Format.HTML, Format.OPENMETRICS]
EventFormat = Literal[Format.TEXT, Format.JSON, Format.CLOUDEVENTS]

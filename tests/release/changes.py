"""Which version this is, by the code and by CHANGELOG.md, and what the changelog says of it."""

from __future__ import annotations

import re

import dcsync
from tests.release.building import ROOT

_HEADING = re.compile(r"^## \[([^\]]+)\](?: - (\d{4}-\d{2}-\d{2}))?$", re.MULTILINE)


def sections() -> dict[str, str]:
    """The text of each version, the newest first, "Unreleased" among them."""
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    found = list(_HEADING.finditer(text))
    ends = [each.start() for each in found[1:]] + [len(text)]
    return {each[1]: text[each.end() : end].strip() for each, end in zip(found, ends, strict=True)}


def dates() -> dict[str, str]:
    """The day of each version; "Unreleased" has none."""
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    return {each[1]: each[2] or "" for each in _HEADING.finditer(text)}


def disagreement(tag: str = "") -> str:
    """Why this is no release of what the tag says, "" where everything agrees."""
    version, newest = dcsync.__version__, next(each for each in sections() if each[0].isdigit())
    if newest != version:
        return f"dcsync/__init__.py says {version}, the newest version in CHANGELOG.md is {newest}"
    if tag and tag != f"v{version}":
        return f"the tag is {tag}, the version {version}"
    if tag and sections().get("Unreleased"):
        return "CHANGELOG.md still has changes under Unreleased"
    if tag and "example.com" in (ROOT / "pyproject.toml").read_text("utf-8"):
        return "pyproject.toml: [project.urls] still names example.com: say where dcsync is kept"
    return ""

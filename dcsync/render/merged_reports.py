"""Several JSON reports of plan or apply as one. Takes and returns values and strings.

A report that is cut short, or is something else, is an error: a merged report must not look
better than the runs were.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from dcsync.errors import DcsyncError
from dcsync.render.plan_json import FORMAT_VERSION
from dcsync.render.tables import markdown_table
from dcsync.render.words import Visible, block, counted, json_text, lines, paragraphs, visible

Report = Mapping[str, Any]
_LISTS = ("operations", "unmanaged", "guards", "diagnostics")
_DONE, _GONE_WRONG = ("done", "done, not synced"), ("done, not synced", "failed")
_HELD_BACK = ("refused", "not attempted")


@dataclass(frozen=True, slots=True)
class Merged:
    """The merged report, as the JSON of a single run, and what the runs came to."""

    content: dict[str, Any]

    def outcomes(self, *names: str) -> bool:
        """Whether an operation ended so."""
        return any(self.content.get("outcomes", {}).get(name) for name in names)

    @property
    def changed(self) -> bool:
        return self.outcomes(*_DONE)

    @property
    def failed(self) -> bool:
        errors = (each["severity"] == "error" for each in self.content["diagnostics"])
        return any(errors) or self.outcomes(*_GONE_WRONG)

    @property
    def refused(self) -> bool:
        held_back = self.content["guards"] or self.content["summary"].get("blocked")
        return bool(held_back) or self.outcomes(*_HELD_BACK)


def read(text: str, name: str) -> Report:
    """A report's values. DcsyncError where `name` holds none."""
    try:
        content = json.loads(text)
        whole = content["format_version"] == FORMAT_VERSION and "digest" in content
        shaped = all(isinstance(content[key], list) for key in _LISTS)
        if whole and shaped and isinstance(content["summary"], dict):
            return dict(content)
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    raise DcsyncError(f"{name} is no report of 'dcsync plan' or 'apply' with --format json")


def merge(reports: Sequence[Report]) -> Merged:
    """Lists one after the other, counts added up; the digest stands for all digests."""
    digests = "\n".join(str(each["digest"]) for each in reports)
    content: dict[str, Any] = {
        "format_version": FORMAT_VERSION,
        "digest": sha256(digests.encode()).hexdigest(),
        "summary": _sum([each["summary"] for each in reports]),
        **{key: [item for each in reports for item in each[key]] for key in _LISTS},
    }
    if any("outcomes" in each for each in reports):
        content["outcomes"] = _sum([each.get("outcomes", {}) for each in reports])
    return Merged(content)


def render_json(merged: Merged) -> Visible:
    return json_text(merged.content)


def render_text(merged: Merged, reports: int) -> Visible:
    """What went wrong, a line each, and the tally."""
    return lines([*_problems(merged), _tally(merged, reports)])


def render_markdown(merged: Merged, reports: int) -> Visible:
    """The same for a step summary."""
    rows = [(line,) for line in _problems(merged)]
    table = markdown_table(("Problem",), rows) if rows else visible("")
    return paragraphs([block("### dcsync"), table, _tally(merged, reports)])


def _sum(counts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return dict(total)


def _problems(merged: Merged) -> list[Visible]:
    wrong = [
        f"{each.get('outcome')}: {each.get('address') or each.get('display_name')}: {each['error']}"
        for each in merged.content["operations"]
        if each.get("error")
    ]
    errors = [
        f"{each['severity']}: {each['message']}"
        for each in merged.content["diagnostics"]
        if each["severity"] == "error"
    ]
    guards = [f"guard: {each['message']}" for each in merged.content["guards"]]
    return [visible(line) for line in (*wrong, *errors, *guards)]


def _tally(merged: Merged, reports: int) -> Visible:
    counts = [f"{count} to {key}" for key, count in merged.content["summary"].items() if count]
    planned = ", ".join(counts) or "nothing"
    for state in ("unchanged", "unmanaged", "blocked"):
        planned = planned.replace(f"to {state}", state)
    ended = [f"{n} {name}" for name, n in merged.content.get("outcomes", {}).items() if n]
    came_to = f"; {', '.join(ended)}" if ended else ""
    return visible(f"Merged: {counted(reports, 'report')}; {planned}{came_to}.")

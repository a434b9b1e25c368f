"""Merges several JSON reports of plan or apply into one. Takes and returns values and strings.

A truncated report, or another kind of file, is an error: a merged report must not look better than
the runs were.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from dcsync.dataclass import dataclass
from dcsync.errors import DcsyncError, RefusedError
from dcsync.render.plans.plan_file import narrowing_of, operations_of
from dcsync.render.plans.plan_integrity import misfit
from dcsync.render.plans.plan_json import FORMAT_VERSION
from dcsync.render.tables import markdown_table
from dcsync.render.words import (
    Visible,
    block,
    counted,
    json_text,
    lines,
    paragraphs,
    text_of,
    visible,
)

ReportObject = Mapping[str, Any]
_NONE: Mapping[str, Any] = {"waves": []}
_LISTS = ("operations", "unmanaged", "guards", "diagnostics")
_DONE, _GONE_WRONG = ("done", "done, not synced"), ("done, not synced", "failed")
_HELD_BACK = ("refused", "not attempted")
_DIGEST = re.compile("[0-9a-f]{64}")
_NAME = re.compile("[a-z][a-z ,]{0,30}")
_MOST = 10**9
"""No run counts further."""


@dataclass(frozen=True, slots=True)
class Merged:
    """The merged report, as the JSON of a single run, and the results of the runs."""

    content: dict[str, Any]

    def outcomes(self, *names: str) -> bool:
        """Whether an operation ended so."""
        return any(self.content.get("outcomes", {}).get(name) for name in names)

    @property
    def changed(self) -> bool:
        """Whether a run changed the cloud, or may have: a failure may be partial."""
        partly = any(each.get("changed") is True for each in self.content["operations"])
        return partly or self.outcomes(*_DONE)

    @property
    def failed(self) -> bool:
        errors = (each["severity"] == "error" for each in self.content["diagnostics"])
        return any(errors) or self.outcomes(*_GONE_WRONG)

    @property
    def missed(self) -> bool:
        """Whether a wave of a rollout was applied without the requested proof of delivery."""
        return bool(self.content.get("unproven"))

    @property
    def refused(self) -> bool:
        held_back = self.content["guards"] or self.content["summary"].get("blocked")
        return bool(held_back) or self.outcomes(*_HELD_BACK)


def read(text: str, name: str) -> ReportObject:
    """A report's values. DcsyncError if `name` is not a report, RefusedError if it was modified."""
    try:
        content = json.loads(text)
        if content["format_version"] == FORMAT_VERSION and _is_shaped(content):
            _refuse_changed(content, name)
            return dict(content)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    raise DcsyncError(f"{name} is not a report of 'dcsync plan' or 'apply' with --format json")


def _is_shaped(content: ReportObject) -> bool:
    """Whether all that is read here is what it has to be."""
    lists = [content[key] for key in _LISTS]
    messages = [*content["guards"], *content["diagnostics"]]
    return (
        all(isinstance(each, list) for each in lists)
        and all(isinstance(each, dict) for items in lists for each in items)
        and all(isinstance(each["message"], str) for each in messages)
        and all(each["severity"] in ("error", "warning") for each in content["diagnostics"])
        and (content["digest"] is None or _DIGEST.fullmatch(content["digest"]) is not None)
        and all(_is_tally(content.get(key, {})) for key in ("summary", "outcomes"))
        and _is_tally({"unproven": content.get("unproven", 0)})
        and all(isinstance(each["state"], str) for each in content.get("rollout", _NONE)["waves"])
    )


def _is_tally(counts: object) -> bool:
    return isinstance(counts, dict) and all(
        _NAME.fullmatch(name) and type(count) is int and 0 <= count <= _MOST
        for name, count in counts.items()
    )


def _refuse_changed(content: ReportObject, name: str) -> None:
    """The digest of each run is computed again; that of part of a plan is null."""
    parts, first = _parts(content), 0
    for part in parts:
        last = first + part["operations"]
        found = operations_of({"operations": content["operations"][first:last]})
        flaw = part["digest"] and misfit(found, narrowing_of(part), part["digest"])
        if flaw:
            raise RefusedError(f"{name} was changed after it was written: {flaw}")
        first = last
    if first != len(content["operations"]) or content["digest"] != _digest(parts, content):
        raise RefusedError(f"{name} was changed after it was written: its digest does not fit")


def _parts(content: ReportObject) -> list[dict[str, Any]]:
    """The runs whose operations are in a report, one after the other."""
    if "merged" in content:
        return list(content["merged"])
    keys = ("digest", "narrowing")
    return [{**{key: content[key] for key in keys}, "operations": len(content["operations"])}]


def _digest(parts: Sequence[Mapping[str, Any]], content: ReportObject) -> str | None:
    """One stands for all; there is none where one of the plans is not whole."""
    if "merged" not in content:
        return parts[0]["digest"] or None
    digests = [each["digest"] for each in parts]
    return sha256("\n".join(digests).encode()).hexdigest() if all(digests) else None


def merge(reports: Sequence[ReportObject]) -> Merged:
    """Lists concatenated, counts added; the digest covers all digests."""
    parts = [part for each in reports for part in _parts(each)]
    content: dict[str, Any] = {
        "format_version": FORMAT_VERSION,
        "digest": _digest(parts, {"merged": parts}),
        "merged": parts,
        "summary": _sum([each["summary"] for each in reports]),
        **{key: [item for each in reports for item in each[key]] for key in _LISTS},
    }
    if any("outcomes" in each for each in reports):
        content["outcomes"] = _sum([each.get("outcomes", {}) for each in reports])
    if any(not {"rollout", "unproven"}.isdisjoint(each) for each in reports):
        content["unproven"] = sum(map(_unproven, reports))
    return Merged(content)


def _unproven(report: ReportObject) -> int:
    """How many waves were applied without the requested proof of delivery."""
    states = [each["state"] for each in report.get("rollout", _NONE)["waves"]]
    return int(report.get("unproven", 0)) + states.count("not proven")


def render_json(merged: Merged) -> Visible:
    return json_text(merged.content)


def render_text(merged: Merged, reports: int) -> Visible:
    """What went wrong, one line each, and the tally."""
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
        ": ".join(map(text_of, (each.get("outcome"), _subject(each), each["error"])))
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


def _subject(operation: Mapping[str, Any]) -> Any:
    return operation.get("address") or operation.get("display_name")


def _tally(merged: Merged, reports: int) -> Visible:
    counts = [f"{count} to {key}" for key, count in merged.content["summary"].items() if count]
    planned = ", ".join(counts) or "nothing"
    for state in ("unchanged", "unmanaged", "blocked"):
        planned = planned.replace(f"to {state}", state)
    ended = [f"{n} {name}" for name, n in merged.content.get("outcomes", {}).items() if n]
    if merged.missed:
        ended.append(f"{counted(merged.content['unproven'], 'wave')} not proven")
    came_to = f"; {', '.join(ended)}" if ended else ""
    head = "Merged" if merged.content["digest"] else "Incomplete: merged"
    return visible(f"{head}: {counted(reports, 'report')}; {planned}{came_to}.")

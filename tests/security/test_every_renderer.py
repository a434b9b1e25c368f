"""Every renderer, found by its type, shows any value of any field without harm and without error.

A renderer is what gives `Visible` or `Annotations`. A new one is tried here without being named.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from html.parser import HTMLParser
from inspect import Parameter, signature
from pathlib import Path
from types import FunctionType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dcsync import render
from dcsync.apply import Outcome
from dcsync.apply.waves import Waves
from dcsync.cloud.arrival import Arrival
from dcsync.errors import CloudError, DcsyncError
from dcsync.model import FieldPath, HttpPushConfig, Secret
from dcsync.model.configs import Config
from dcsync.plan import Plan
from dcsync.plan.digest import digest
from dcsync.render import events, words
from dcsync.render.events import EventLines
from dcsync.render.outcomes import outcome_json
from dcsync.render.plans import merged_reports, plan_file, plan_json, plan_markdown, plan_text
from dcsync.render.status import status_html
from dcsync.render.words import Annotations, Style, Visible, plain
from dcsync.session.output.console import colored
from dcsync.watch.happenings import Failed, Gap, MatchedEvent
from dcsync.watch.overview import Overview
from dcsync.watch.tally import Tally
from tests.examples import examples

HOSTILE = (
    "a\nb",
    "\x1b[2J\x1b]0;title\x07",
    "\x9b31m\x00\x7f\x85",
    "\u202egpj.exe\u2066\u200e\u061c\u200b\ufeff",
    "\U000e0041\ufe0f",
    "\u2028\u2029\x0b",
    "\ud800",
    "::error::forged",
    " ::add-mask::oslo",
    "##[error]forged ##vso[task.complete]",
    "a=1\nb<<EOF\nc\nEOF",
    "``` \n```",
    "@team <!-- dcsync-plan --> [x](https://evil.example.com) | `",
    "<script>alert(1)</script>\"'><img src=x onerror=1>",
    "9999999-01-01T00:00:00Z",
    "x" * 600,
)
FEW = settings(
    max_examples=examples(10),
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],  # whole plans take minutes to shrink
)
STRINGS = st.sampled_from(HOSTILE) | st.text(st.characters(), max_size=12)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | STRINGS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(STRINGS, inner, max_size=3),
    max_leaves=8,
)
KINDS = st.sampled_from([*events._VALUES, "labelsChanged"])
_KIND = st.fixed_dictionaries({}, optional={"eventType": KINDS | JSON})
_PARTS = st.sampled_from(["added", "modified", "removed", "value", "state", "total"])
_DATA = JSON | st.dictionaries(KINDS | _PARTS, st.dictionaries(_PARTS, JSON) | JSON, max_size=3)
EVENTS = st.dictionaries(
    st.sampled_from(["eventId", "targetName", "eventType", "timestamp"]), JSON
).flatmap(lambda rest: st.builds(lambda kind, data: {**rest, **kind, "data": data}, _KIND, _DATA))

LEAVES: dict[Any, st.SearchStrategy[Any]] = {
    str: STRINGS,
    bool: st.booleans(),
    int: st.integers(0, 10**6),
    float: st.floats(0, 10**6),
    type(None): st.none(),
    Style: st.sampled_from([plain, colored]),
    Visible: st.builds(words.visible, STRINGS),
    Path: st.builds(Path, STRINGS.filter(lambda text: "\0" not in text)),
    datetime: st.just(datetime(2026, 3, 1, tzinfo=UTC)),
    Config: st.builds(HttpPushConfig, url=STRINGS),
    Secret: st.builds(Secret, STRINGS),
    CloudError: st.builds(CloudError, STRINGS),
    DcsyncError: st.builds(DcsyncError, STRINGS),
    Exception: st.none(),
    Arrival: st.builds(
        Arrival,
        STRINGS,
        STRINGS,
        STRINGS,
        STRINGS,
        EVENTS.map(lambda each: json.dumps(each).encode()),
    ),
    EventLines: st.builds(EventLines, st.just(plain)),
    FieldPath: st.lists(STRINGS, min_size=1, max_size=3).map(FieldPath),
    Mapping[str, Any]: EVENTS,
    Any: JSON,
    object: JSON,
}
"""What a field of a type may hold; everything else is put together from them."""


@cache
def anything(hint: Any) -> st.SearchStrategy[Any]:
    """Any value of a type, as its annotations describe it."""
    if hint in LEAVES:
        return LEAVES[hint]
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Literal:
        return st.sampled_from(inner)
    if origin in (Union, UnionType):
        return st.one_of([anything(each) for each in inner])
    if origin is tuple and inner[-1] is not ...:
        return st.tuples(*map(anything, inner))
    if origin in (list, tuple, Sequence, Iterable, Collection):
        return st.lists(anything(inner[0]), max_size=2).map(tuple)
    if origin in (Mapping, dict):
        return st.dictionaries(anything(inner[0]), anything(inner[1]), max_size=2)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    hints = get_type_hints(hint)
    names = [each.name for each in fields(hint)] if is_dataclass(hint) else hint.__struct_fields__
    return st.builds(hint, **{name: anything(hints[name]) for name in names})


def found() -> Iterator[Any]:
    """Every public function of the room that gives what may be shown."""
    for module_info in pkgutil.walk_packages(render.__path__, f"{render.__name__}."):
        module = importlib.import_module(module_info.name)
        for name, function in vars(module).items():
            if name.startswith("_") or getattr(function, "__module__", "") != module.__name__:
                continue
            if isinstance(function, FunctionType):
                hints = get_type_hints(function)
                if str(hints.get("return")) in SHOWN:
                    yield pytest.param(function, id=f"{module.__name__.split('.')[-1]}.{name}")


SHOWN = {str(each) for each in (Visible, Annotations, Iterator[Visible], list[Visible])}


def acts(line: str, module: str) -> bool:
    """Whether a line that is shown could do anything but be read."""
    line = re.sub(words._SGR, "", line)
    categories = {unicodedata.category(each) for each in line}
    return bool(
        categories & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
        or (line.lstrip().startswith("::") and module != "dcsync.render.diagnostics")
        or any(command in line for command in ("##[", "##vso["))
    )


@st.composite
def planned(draw: st.DrawFn) -> tuple[Plan, list[Outcome]]:
    """A plan, and an outcome of each of its operations."""
    plan = draw(anything(Plan))
    made = anything(Outcome)
    return plan, [replace(draw(made), operation=each) for each in plan.operations]


@st.composite
def tallies(draw: st.DrawFn) -> Tally:
    """What a watch has counted."""
    tally = Tally(projects=1)
    tally.count(draw(anything(Sequence[MatchedEvent])))
    for each in draw(anything(Sequence[Gap | Failed])):
        tally.add(each)
    return tally


@st.composite
def reports(draw: st.DrawFn) -> merged_reports.Merged:
    """What merging a run's report gives."""
    plan, outcomes = draw(planned())
    report = outcome_json.render_report(plan, outcomes)
    return merged_reports.Merged(json.loads(report))


OWN: dict[str, st.SearchStrategy[tuple[Any, ...]]] = {
    "outcome_json.render_report": planned(),
    "outcome_markdown.render_report": planned(),
    "tables.columns": st.lists(st.tuples(STRINGS, STRINGS), min_size=1).map(lambda rows: (rows,)),
    "watching.summary": st.tuples(tallies(), st.floats(0, 10**6)),
    "watching.flaws": st.tuples(tallies(), anything(Mapping[str, str])),
    "merged_reports.render_text": st.tuples(reports(), st.integers(0, 9)),
    "merged_reports.render_markdown": st.tuples(reports(), st.integers(0, 9)),
    "rollout.render_division": st.tuples(
        anything(Waves).filter(lambda waves: waves.waves), st.booleans()
    ),
    "completion.script": st.tuples(st.sampled_from(["bash", "zsh", "fish", "powershell"])),
}
"""Arguments of renderers that cannot be called with just anything of their types."""
MAKERS = {"words.block", "words.row", "words.colored", "words.padded", "words.lines"}
"""What only puts together: it is given what is safe already."""
IN_PIECES = {"plan_json.render_plan", "words.json_pieces"}
"""What gives one JSON document piece by piece."""


@pytest.mark.parametrize("renderer", [each for each in found() if each.id not in MAKERS])
@FEW
@given(st.data())
def test_a_renderer_shows_anything(renderer: Any, data: st.DataObject) -> None:
    """Whatever is in the fields, nothing acts, nothing is a line that it should not be."""
    name = f"{renderer.__module__.rpartition('.')[2]}.{renderer.__name__}"
    hints = get_type_hints(renderer)
    hints.pop("return")
    anyhow = (
        st.tuples(*(anything(hint) for hint in hints.values())) if name not in OWN else OWN[name]
    )
    arguments = data.draw(anyhow)

    by_name = {
        name: argument
        for (name, kind), argument in zip(
            signature(renderer).parameters.items(), arguments, strict=False
        )
        if kind.kind is Parameter.KEYWORD_ONLY
    }
    shown = renderer(*arguments[: len(arguments) - len(by_name)], **by_name)

    if name in IN_PIECES:
        shown = "".join(shown)
    for part in [shown] if isinstance(shown, str) else shown:
        assert not any(acts(line, renderer.__module__) for line in part.split("\n"))
        part.encode("utf-8")
        if "json" in name:
            json.loads(part)


class _Page(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)


@FEW
@given(anything(Overview))
def test_no_field_becomes_a_part_of_the_page(overview: Overview) -> None:
    """Names, addresses and troubles are words on it: no element, no attribute, no script."""
    page = _Page()
    text = status_html.render(overview, datetime(2026, 3, 1, tzinfo=UTC))
    page.feed(text)

    assert text.count("<script") == 1
    assert not page.tags & {"img", "iframe", "object", "link", "svg", "base", "form"}
    assert not any(name.startswith("on") for name in page.attributes)


@given(JSON)
def test_what_is_no_saved_plan_is_said_to_be_none(content: object) -> None:
    """Any JSON in place of a plan or a report is the user's mistake, never a bug."""
    text = words.json_text(content)

    with pytest.raises(DcsyncError):
        plan_file.read_plan(text, "plan.json")
    with pytest.raises(DcsyncError):
        merged_reports.read(text, "1.json")


@FEW
@given(st.data())
def test_a_forged_plan_or_report_is_refused_or_shown(data: st.DataObject) -> None:
    """Whatever is put in the place of any of its values, it is refused or it is shown."""
    plan, outcomes = data.draw(planned())
    plan = replace(plan, digest=digest(plan.operations, plan.narrowing))
    saved = plan_json.plan_object(plan) | {"selection": plan_file.SavedSelection().as_object()}
    saved = json.loads(json.dumps(saved))
    report = json.loads(outcome_json.render_report(plan, outcomes))
    for content in (saved, report):
        place = data.draw(st.sampled_from(list(_places(content))))
        _put(content, place, data.draw(JSON))
    with suppress(DcsyncError):
        again, _ = plan_file.read_plan(json.dumps(saved), "plan.json")
        as_json = "".join(plan_json.render_plan(again))
        for shown in (plan_text.render_plan(again), plan_markdown.render_plan(again), as_json):
            assert not any(acts(line, "") for line in shown.split("\n"))
    with suppress(DcsyncError):
        merged = merged_reports.merge([merged_reports.read(json.dumps(report), "1.json")])
        for shown in (merged_reports.render_text(merged, 1), merged_reports.render_json(merged)):
            assert not any(acts(line, "") for line in shown.split("\n"))
        assert {merged.changed, merged.failed, merged.refused} <= {True, False}


def _places(content: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value."""
    items = content.items() if isinstance(content, dict) else enumerate(content)
    for key, each in items:
        yield (*above, key)
        if isinstance(each, dict | list):
            yield from _places(each, (*above, key))


def _put(content: Any, place: tuple[Any, ...], value: object) -> None:
    *above, last = place
    for key in above:
        content = content[key]
    content[last] = value

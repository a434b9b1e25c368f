"""How two plans differ: whatever makes another digest is found, and named field by field."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcsync.model import Position, field_path
from dcsync.plan import (
    Blocked,
    Change,
    Create,
    Delete,
    Guard,
    Narrowing,
    Operation,
    Plan,
    Replace,
    Update,
    digest,
)
from dcsync.plan.difference import ChangeDifference, FieldDifference, difference
from dcsync.render.plans import plan_difference, plan_difference_json

URL = Change(field_path("config.url"), "https://a.example.com", "https://b.example.com")
LABELS = Change(field_path("labels"), ("name",), ("name", "room"))


def plan_of(operations: Sequence[Operation], narrowing: Narrowing | None = None) -> Plan:
    narrowing = narrowing or Narrowing()
    return Plan(tuple(operations), 0, (), (), (), (), digest(operations, narrowing), narrowing)


def update(key: str = "ingest", *changes: Change, id: str = "dc1") -> Update:
    return Update(f"oslo/{key}", "oslo", "c0md3pm0p7bet3vico8g", id, key, "differs", None, changes)


def create(key: str = "ingest", *changes: Change) -> Create:
    return Create(f"oslo/{key}", "oslo", "c0md3pm0p7bet3vico8g", "", key, "", None, changes)


def delete(id: str, name: str = "stray") -> Delete:
    return Delete("", "oslo", "c0md3pm0p7bet3vico8g", id, name, "", None)


_shown = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(0, 2),
    st.sampled_from([0.0, 1.0, 2.5, "", "a", "a\nb", "a\nc", "\ud800", "1", "__x"]),
    st.lists(st.sampled_from(["a", "b"]), max_size=2).map(tuple),
)
_changes = st.lists(
    st.builds(
        Change, st.sampled_from(["labels", "__a", "config.headers.__x", ""]).map(field_path),
        _shown, _shown, st.booleans(),
    ),
    max_size=3,
).map(tuple)  # fmt: skip
_common = {
    "address": st.sampled_from(["", "oslo/a", "oslo/b", "__b"]),
    "project_key": st.just("oslo"),
    "project_id": st.sampled_from(["c0md3pm0p7bet3vico8g", "c14u9p094l47cdv1o3pg"]),
    "data_connector_id": st.sampled_from(["", "dc1", "dc2"]),
    "display_name": st.sampled_from(["A", "B"]),
    "reason": st.sampled_from(["one", "two"]),
    "source": st.none(),
    "changes": _changes,
    "warnings": st.just(()),
}
_operations = st.lists(
    st.one_of(
        st.builds(Create, **_common),
        st.builds(Update, **_common),
        st.builds(Delete, **_common),
        st.builds(Replace, **_common, delete_first=st.booleans()),
        st.builds(Blocked, **_common, wanted=st.sampled_from(["create", "delete"])),
    ),
    max_size=4,
)
_narrowings = st.builds(
    Narrowing,
    addresses=st.sampled_from([(), ("oslo/*",)]),
    changed=st.sampled_from([None, (), ("c0md3pm0p7bet3vico8g",)]),
)
plans = st.builds(plan_of, _operations, _narrowings)


@pytest.mark.slow
@given(plans, plans)
def test_plans_differ_where_their_digests_do(before: Plan, after: Plan) -> None:
    """Nothing is found between plans of one digest, something between all others; and the way
    back is the way there turned round."""
    there, back = difference(before, after), difference(after, before)

    assert there.is_empty == back.is_empty == (before.digest == after.digest)
    assert (there.appeared, there.vanished) == (back.vanished, back.appeared)
    assert len(there.changed) == len(back.changed)
    assert there.reordered == back.reordered


def test_operations_that_only_one_plan_has() -> None:
    """Each is there whole."""
    found = difference(plan_of([delete("dc1"), update()]), plan_of([update(), delete("dc2")]))

    assert [each.data_connector_id for each in found.vanished] == ["dc1"]
    assert [each.data_connector_id for each in found.appeared] == ["dc2"]
    assert found.changed == ()
    assert not found.reordered


def test_an_operation_that_became_another_one() -> None:
    """By its address a create is known again that an update has taken the place of."""
    found = difference(plan_of([create("ingest", URL)]), plan_of([update("ingest", LABELS)]))

    (changed,) = found.changed
    assert changed.fields == (
        FieldDifference("action", "create", "update"),
        FieldDifference("data_connector_id", "", "dc1"),
    )
    assert changed.changes == (
        ChangeDifference("labels", None, LABELS),
        ChangeDifference("config.url", URL, None),
    )


def test_a_field_with_both_sides_of_both_plans() -> None:
    """Before and after of what was reviewed, before and after of what it is now."""
    now = replace(URL, after="https://c.example.com")

    found = difference(plan_of([update("ingest", URL)]), plan_of([update("ingest", now)]))

    assert found.changed[0].changes == (ChangeDifference("config.url", URL, now),)
    assert plan_difference.render_difference(found).split("\n")[:3] == [
        "Changed:",
        '~ oslo/ingest  "ingest"  dc1',
        '    config.url: "https://a.example.com" -> "https://b.example.com", '
        'now "https://a.example.com" -> "https://c.example.com"',
    ]


def test_paths_have_dots_in_json() -> None:
    """That of the field, and those of its two sides."""
    changed = replace(URL, after="https://c.example.com")
    found = difference(plan_of([update("ingest", URL)]), plan_of([update("ingest", changed)]))

    [operation] = json.loads(plan_difference_json.render_difference(found))["changed"]

    [change] = operation["changes"]
    sides = (change, change["before"], change["after"])
    assert [each["path"] for each in sides] == ["config.url"] * 3


def test_a_field_that_one_operation_alone_has() -> None:
    """Of a replace that is blocked now, the order of its two halves means nothing any more."""
    fields = ("oslo/a", "oslo", "c0md3pm0p7bet3vico8g", "dc1", "A", "", None)
    before = plan_of([Replace(*fields, delete_first=True)])
    after = plan_of([Blocked(*fields, wanted="replace")])

    assert difference(before, after).changed[0].fields == (
        FieldDifference("action", "replace", "blocked"),
        FieldDifference("wanted", None, "replace"),
        FieldDifference("delete_first", True, None),
    )


def test_the_same_in_another_order() -> None:
    """The order is part of a plan, and so of how two differ."""
    a, b = update("a"), update("b", id="dc2")

    found = difference(plan_of([a, b]), plan_of([b, a]))

    assert found.reordered
    assert "order of the operations" in plan_difference.render_difference(found)


def test_the_same_changes_in_another_order() -> None:
    """A digest tells them apart, so they are not said to be the same."""
    found = difference(plan_of([update("a", URL, LABELS)]), plan_of([update("a", LABELS, URL)]))

    assert found.reordered
    assert not found.changed


def test_what_holds_one_of_them_back() -> None:
    """Two plans that do the same are not the same where a guard holds one of them back."""
    held = replace(
        plan_of([delete("dc1")]), guards=(Guard("", "--allow-deletes", "too many deletes"),)
    )
    free = plan_of([delete("dc1")])

    assert difference(free, held).guards_appeared == held.guards
    assert "Now refused:\n  too many deletes" in plan_difference.render_difference(
        difference(free, held)
    )
    assert not difference(held, free).is_empty


def test_another_narrowing() -> None:
    """Plans of the same operations, asked about different connectors."""
    found = difference(plan_of([], Narrowing(("oslo/*",))), plan_of([]))

    assert found.narrowing == (FieldDifference("addresses", ("oslo/*",), ()),)


def test_what_is_only_told_makes_no_difference() -> None:
    """Reasons, remarks and places are not what a plan does."""
    before = update()
    after = replace(before, reason="else", warnings=("else",), source=Position("else.yaml", 1, 1))

    assert difference(plan_of([before]), plan_of([after])).is_empty


@pytest.mark.slow
def test_the_library_waits_until_two_plans_are_compared() -> None:
    """Who compares nothing does not wait for its import."""
    script = (
        "import sys, dcsync.plan.difference, dcsync.commands.apply, dcsync.commands.show\n"
        "print('deepdiff' in sys.modules)"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout == "False\n"

"""The same change in many projects is shown once, and nothing that matters hides among many."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import pytest

from dcsync.formats import View
from dcsync.model import Diagnostic, Position, Severity, field_path
from dcsync.plan import Blocked, Change, Create, Delete, Guard, Operation, Plan, Unmanaged, Update
from dcsync.render.plans import plan_body, plan_json, plan_markdown, plan_text
from tests.plan.test_markdown import outside_of_fences

HERE = Position("fleet.yaml", 9, 3)
MANY = 300


def key_of(number: int) -> str:
    return ("oslo", "bergen", "bodo")[number] if number < 3 else f"store{number}"


def id_of(number: int) -> str:
    return f"c0md3pm0p7bet3vi{number:04}"


def update(number: int, *changes: Change, connector: str = "ingest") -> Update:
    return Update(
        address=f"{key_of(number)}/{connector}",
        project_key=key_of(number),
        project_id=id_of(number),
        data_connector_id=f"dc{number:018}",
        display_name=f"Ingest {key_of(number)}",
        reason="differs from its declaration",
        source=HERE,
        changes=changes,
    )


def delete(number: int) -> Delete:
    return Delete(
        address="",
        project_key=key_of(number),
        project_id=id_of(number),
        data_connector_id=f"dd{number:018}",
        display_name="Old",
        reason="not declared, and prune is all",
        source=None,
        changes=(
            Change(field_path("display_name"), "Old", None),
            Change(field_path("config.url"), "https://x/", None),
        ),
        warnings=("its undelivered events are dropped for good",),
    )


def plan_of(*operations: Operation, **rest: Any) -> Plan:
    plan = Plan(operations, 0, (), (), (), (), "0" * 64)
    return replace(plan, **rest)


def url(number: int, host: str = "new.example.com") -> Change:
    """A URL whose path is the project's own."""
    return Change(
        field_path("config.url"), f"https://old.example.com/0{number}", f"https://{host}/0{number}"
    )


FLEET = plan_of(*(update(number, url(number)) for number in range(MANY)))


def test_the_same_change_is_one_entry() -> None:
    """What differs has a stand-in, two projects are named, and the rest is counted."""
    assert plan_text.render_plan(FLEET) == (
        '~ */ingest  "Ingest <project>"  fleet.yaml:9:3\n'
        "    in 300 projects: oslo, bergen … 298 more\n"
        '    config.url: "https://old.example.com/…" -> "https://new.example.com/…"\n\n'
        f"{plan_body.SHOWN_ONCE}\n\n"
        "Plan: 0 to create, 300 to update, 0 to replace, 0 to delete. 0 unchanged, 0 unmanaged."
        " Digest 00000000."
    )


def test_it_is_expanded_on_request() -> None:
    """Each operation is there then, with its own values."""
    text = plan_text.render_plan(FLEET, view=View.EXPANDED)

    assert text.count("config.url") == MANY
    assert '"https://old.example.com/0299" -> "https://new.example.com/0299"' in text
    assert plan_body.SHOWN_ONCE not in text


def test_a_summary_is_a_line_a_project() -> None:
    """With what would be dropped named below."""
    plan = plan_of(*FLEET.operations, update(0, url(0), connector="more"), delete(1))

    lines = plan_text.render_plan(plan, view=View.SUMMARY).splitlines()

    assert lines[0].split() == ["oslo", "~2"]
    assert lines[1].split() == ["bergen", "~1", "-1"]
    assert lines[2] == '    - "Old"  dd000000000000000001 in bergen'
    assert len(lines) == MANY + 1 + 2


@pytest.mark.parametrize("count", [1, 2])
def test_a_few_are_shown_as_they_are(count: int) -> None:
    """Two entries are read as quickly as one with stand-ins."""
    plan = plan_of(*FLEET.operations[:count])

    assert plan_text.render_plan(plan) == plan_text.render_plan(plan, view=View.EXPANDED)


def test_three_are_all_named() -> None:
    """Nothing is counted where it can be said."""
    plan = plan_of(*FLEET.operations[:3])

    assert "    in 3 projects: oslo, bergen, bodo\n" in plan_text.render_plan(plan)


def values_of(operation: Operation) -> list[Any]:
    return [getattr(operation, each.name) for each in fields(operation)]


ODD: dict[str, Callable[[int], Operation]] = {
    "another host": lambda n: update(n, url(n, "new.example.net")),
    "a host that begins alike": lambda n: update(n, url(n, "new.example.com.evil.example")),
    "another port": lambda n: update(n, url(n, "new.example.com:8443")),
    "another live host": lambda n: update(
        n,
        Change(field_path("config.url"), "https://mine.example.com/", "https://new.example.com/x"),
    ),
    "no live value": lambda n: update(
        n, Change(field_path("config.url"), None, "https://new.example.com/x")
    ),
    "another path of a field": lambda n: update(
        n, replace(url(n), path=field_path("config.queue_url"))
    ),
    "one field more": lambda n: update(n, url(n), Change(field_path("labels"), None, ("name",))),
    "a secret": lambda n: update(n, replace(url(n), sensitive=True)),
    "another key": lambda n: update(n, url(n), connector="other"),
    "a warning": lambda n: replace(update(n, url(n)), warnings=("events are lost",)),
    "another action": lambda n: Create(*values_of(update(n, url(n)))),
    "a veto": lambda n: replace(Blocked(*values_of(update(n, url(n)))), wanted="update"),
}


@pytest.mark.parametrize("kind", ODD)
def test_what_is_odd_stands_alone(kind: str) -> None:
    """One of three hundred that does anything else is an entry of its own, in full."""
    odd = ODD[kind](150)
    operations = list(FLEET.operations)
    operations[150] = odd
    alone = plan_text.render_plan(plan_of(odd)).split("\n\n", maxsplit=1)[0]

    text = plan_text.render_plan(plan_of(*operations))
    markdown = plan_markdown.render_plan(plan_of(*operations))

    assert "in 299 projects: oslo, bergen … 297 more" in text
    assert alone in text.split("\n\n")
    assert alone.splitlines()[0] in markdown


@pytest.mark.parametrize(
    ("path", "values", "shown"),
    [
        ("config.url", "https://{key}.example.com/in", "https://<project>.example.com/in"),
        ("config.url", "https://a.example.com/{id}/in", "https://a.example.com/<project>/in"),
        ("config.topic", "projects/acme/topics/t{n}", "projects/acme/topics/…"),
        ("config.aws_role_arn", "arn:aws:iam::12:role/r{n}", "arn:aws:iam::12:role/…"),
        ("display_name", "Store {n} ingest", "Store … ingest"),
        ("config.headers.X-Site", "site-{key}", "site-<project>"),
    ],
)
def test_what_differs_has_a_stand_in(path: str, values: str, shown: str) -> None:
    """The project's key and id anywhere; else only what cannot lead elsewhere."""
    plan = plan_of(
        *(
            update(
                n, Change(field_path(path), "old", values.format(key=key_of(n), id=id_of(n), n=n))
            )
            for n in range(10)
        )
    )

    assert f'{path}: "old" -> "{shown}"\n' in plan_text.render_plan(plan)


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("config.url", "https://s{n}.example.com/in"),
        ("config.topic", "projects/p{n}/topics/t"),
        ("config.aws_role_arn", "arn:aws:iam::{n}:role/r"),
        ("config.queue_url", "https://sqs.eu-west-1.amazonaws.com/{n}/q"),
        ("config.headers.X-Site", "site-{n}"),
        ("status", "{n}"),
    ],
)
def test_what_may_lead_elsewhere_is_shown_in_full(path: str, values: str) -> None:
    """Hosts, accounts and plain words are never summed up."""
    plan = plan_of(
        *(update(n, Change(field_path(path), "old", values.format(n=n))) for n in range(10))
    )

    assert plan_text.render_plan(plan) == plan_text.render_plan(plan, view=View.EXPANDED)


@pytest.mark.parametrize("view", View)
def test_whatever_is_dropped_is_named(view: View) -> None:
    """In every view and format, in a line of its own, after everything else."""
    plan = plan_of(*(delete(n) for n in range(MANY)), *FLEET.operations)
    text = plan_text.render_plan(plan, view=view)

    for rendered in (text, plan_markdown.render_plan(plan, view)):
        for number in range(MANY):
            assert rendered.count(f"dd{number:018} in {key_of(number)}") == 1
    if view is View.GROUPED:
        assert text.count("its undelivered events are dropped for good") == 1
        assert text.index("config.url") < text.index("dd000000000000000000")


@pytest.mark.slow
def test_a_comment_says_first_what_is_dropped() -> None:
    """All of it, in fewer words where there is no room for more."""
    plan = plan_of(*(delete(n) for n in range(1_500)), *FLEET.operations)

    markdown = plan_markdown.render_plan(plan)

    assert len(markdown) <= plan_markdown.SIZE_LIMIT
    assert len(set(re.findall(r"^- dd\d{18}$", markdown, re.MULTILINE))) == 1_500
    assert markdown.index("#### Deletes and replaces") < markdown.index("#### Operations")
    assert "in 300 projects: oslo, bergen … 298 more" in markdown


def test_a_comment_spends_nothing_on_repetition() -> None:
    """Operations, what is left alone, warnings, errors and guards of 300 projects: a screen."""
    left = tuple(
        Unmanaged(key_of(n), id_of(n), f"du{n:018}", "Legacy", "HTTP_PUSH", "prune is none")
        for n in range(MANY)
    )
    trouble = tuple(
        Diagnostic(
            Severity.ERROR,
            f"project {key_of(n)} cannot be listed: GET /projects/{id_of(n)}/dataconnectors: 403",
            Position("fleet.yaml", n, 3),
        )
        for n in range(MANY)
    )
    warnings = tuple(
        Diagnostic(Severity.WARNING, f"{key_of(n)}/ingest: the service has disabled it", HERE)
        for n in range(MANY)
    )
    guards = tuple(
        Guard(id_of(n), "--allow-frozen", f"project {key_of(n)} is frozen") for n in range(MANY)
    )
    plan = plan_of(
        *FLEET.operations, unmanaged=left, problems=trouble, warnings=warnings, guards=guards
    )

    for rendered in (plan_markdown.render_plan(plan), plan_text.render_plan(plan)):
        assert len(rendered) < 2_000
        assert rendered.count("in 300 projects: oslo, bergen … 298 more") == 5
        assert (
            "project <project> cannot be listed: GET /projects/<id>/dataconnectors: 403" in rendered
        )


def test_names_stand_beside_keys() -> None:
    """In entries, groups and messages; where a name says no more than the key, it is left out."""
    names = {key_of(n): f"Store {key_of(n).title()}" for n in range(MANY)}
    names["bergen"] = "bergen"
    guard = Guard(id_of(0), "--allow-deletes", "1 deletion in project oslo exceeds max_deletes (0)")
    warning = Diagnostic(Severity.WARNING, "oslo/ingest: the service has disabled it", HERE)
    plan = plan_of(*FLEET.operations, delete(0), names=names, guards=(guard,), warnings=(warning,))

    for rendered in (plan_text.render_plan(plan), plan_markdown.render_plan(plan)):
        assert 'in 300 projects: oslo ("Store Oslo"), bergen … 298 more' in rendered
        assert '- "Old"  dd000000000000000000 in oslo ("Store Oslo")' in rendered
        assert 'refused: 1 deletion in project oslo ("Store Oslo") exceeds' in rendered
        assert 'warning: oslo/ingest in "Store Oslo": the service has disabled it' in rendered
    expanded = plan_text.render_plan(plan, view=View.EXPANDED)
    assert '~ oslo/ingest  "Ingest oslo"  in "Store Oslo"  fleet.yaml:9:3' in expanded


def test_hostile_names_do_nothing() -> None:
    """A name is a server's word: no escape, no line break, no end of the fence."""
    evil = "\x1b[31m```\n::error::@team <!-- " + "x" * 300
    plan = plan_of(*FLEET.operations, names={"oslo": evil, "store7": evil})

    for view in View:
        text = plan_text.render_plan(plan, view=view)
        markdown = plan_markdown.render_plan(plan, view)
        assert "\x1b" not in text + markdown
        assert "\n::error" not in text + markdown
        assert "@team" not in outside_of_fences(markdown)
        assert max(map(len, text.splitlines())) < 500


def test_programs_get_what_they_got() -> None:
    """Names and views are for people: the JSON has every operation and no name."""
    named = replace(FLEET, names={"oslo": "Store Oslo"})

    assert list(plan_json.render_plan(named)) == list(plan_json.render_plan(FLEET))
    assert named == FLEET

"""What the reports hold, whatever names somebody gave and however many operations there are."""

from __future__ import annotations

import json

from dcsync.apply import Outcome, Status
from dcsync.plan import Create, Delete, Plan
from dcsync.render.outcomes import outcome_json, outcome_markdown, outcome_text
from tests.apply.conftest import POSITION, PROJECT

HOSTILE = "``` @team <!-- | \x1b[2J \n # [touch]"


def created(name: str) -> Create:
    return Create(f"{PROJECT}/{name}", PROJECT, PROJECT, "", name, "not live", POSITION)


def plan_of(*operations: Create | Delete) -> Plan:
    return Plan(operations, 0, (), (), (), (), "0" * 64)


def test_a_hostile_name_stays_a_text() -> None:
    """It cannot end a fence, move the cursor or add a line."""
    operation = Delete("", PROJECT, PROJECT, "c16pegipidie7lltrefg", HOSTILE, "undeclared", None)
    outcome = Outcome(operation, Status.FAILED, f"DELETE: 403: {HOSTILE}")

    markdown = outcome_markdown.render_report(plan_of(operation), [outcome])
    text = outcome_text.render_outcome(outcome)

    assert "````text" in markdown
    assert "\x1b" not in markdown + text
    assert len(text.splitlines()) == 2


def test_a_large_report_fits_a_comment_and_shows_trouble_first() -> None:
    """What failed is shown, what is cut is counted, and the tally is the last line."""
    operations = [created(f"connector-{number:05}") for number in range(3000)]
    outcomes = [Outcome(each, Status.DONE, "", "c16pegipidie7lltrefg") for each in operations]
    outcomes[-1] = Outcome(operations[-1], Status.FAILED, "POST: 403")

    markdown = outcome_markdown.render_report(plan_of(*operations), outcomes)

    assert len(markdown) <= 65_536
    assert markdown.index("connector-02999") < markdown.index("connector-00000")
    assert "more; see the job's log" in markdown
    assert markdown.splitlines()[-1].startswith("Applied: 2999 created")


def test_json_tells_the_operations_in_the_order_of_the_plan() -> None:
    """However they came in; each with outcome, error, id, seconds, change."""
    first, second = created("a"), created("b")
    outcomes = [
        Outcome(second, Status.FAILED, "POST: 403", seconds=0.12345),
        Outcome(first, Status.DONE, "", "c16pegipidie7lltrefg", 0.5),
    ]

    told = json.loads(outcome_json.render_report(plan_of(first, second), outcomes))["operations"]

    keys = ("address", "outcome", "error", "data_connector_id", "seconds", "changed")
    assert [[each[key] for key in keys] for each in told] == [
        [f"{PROJECT}/a", "done", None, "c16pegipidie7lltrefg", 0.5, True],
        [f"{PROJECT}/b", "failed", "POST: 403", None, 0.123, False],
    ]

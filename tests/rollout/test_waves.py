"""A plan is divided into waves of projects; what is typed for it is checked."""

from __future__ import annotations

import pytest

from dcsync.apply.waves import divide
from dcsync.arguments import parse
from dcsync.errors import CommandLineError
from dcsync.options.of_plans import ApplyOptions
from dcsync.plan import Blocked, Operation, Update
from dcsync.render.outcomes.rollout import render_division, render_verdicts
from dcsync.watch.evidence import Verdict, VerdictKind


def update(project: str, name: str = "a") -> Update:
    return Update(f"{project}/{name}", project, project, "dc1", name, "", None)


def blocked(project: str) -> Blocked:
    return Blocked(f"{project}/x", project, project, "", "x", "quota", None, wanted="create")


@pytest.mark.parametrize(
    ("projects", "sizes", "expected"),
    [
        (30, "1,10%,100%", [1, 2, 27]),
        (300, "1,10%,100%", [1, 29, 270]),
        (3, "1,10%,100%", [1, 2]),
        (1, "1,10%,100%", [1]),
        (0, "1,10%,100%", []),
        (7, "50%,100%", [4, 3]),
        (10, "10%,20%,100%", [1, 1, 8]),
        (3, "1,2,3", [1, 1, 1]),
        (3, "5", [3]),
        (200, "0.5%,100%", [1, 199]),
        (30, "10%, 2, 100%", [3, 27]),
    ],
)
def test_sizes_are_projects_in_all(projects: int, sizes: str, expected: list[int]) -> None:
    """In the plan's order, percents rounded up, waves that would add nothing left out."""
    options = parse(["apply", "--waves", sizes])
    assert isinstance(options, ApplyOptions)
    operations: list[Operation] = [update(f"p{each:03}") for each in range(projects)]

    waves = divide(operations, options.rollout.waves).waves

    assert [len(each.projects) for each in waves] == expected
    assert [each.number for each in waves] == list(range(1, len(expected) + 1))
    assert [operation for each in waves for operation in each.operations] == operations


def test_a_project_is_in_one_wave_with_all_that_it_needs() -> None:
    """Its deletes, too; where nothing can be done at all, it counts in no wave."""
    operations: list[Operation] = [
        update("a"),
        update("a", "b"),
        blocked("b"),
        blocked("c"),
        update("c"),
    ]

    divided = divide(operations, ("1", "100%"))

    assert [each.operations for each in divided.waves] == [
        tuple(operations[:2]),
        tuple(operations[3:]),
    ]
    assert divided.blocked == (operations[2],)


@pytest.mark.parametrize(
    ("projects", "sizes", "expected"),
    [
        (3, "1,2,100%", "3 waves of 1 project each; one after the other."),
        (4, "50%,100%", "2 waves of 2 projects each; one after the other."),
        (6, "1,3,100%", "3 waves: 1, 2 and 3 projects; one after the other."),
        (3, "2,100%", "2 waves: 2 and 1 project; one after the other."),
    ],
)
def test_the_waves_are_counted(projects: int, sizes: str, expected: str) -> None:
    """Equal waves once, others one by one; nouns agree with their numbers."""
    waves = divide([update(f"p{n}") for n in range(projects)], tuple(sizes.split(",")))

    assert render_division(waves, is_verified=False) == expected


@pytest.mark.parametrize(("passed", "lines"), [(12, 13), (13, 2)])
def test_many_that_pass_are_counted(passed: int, lines: int) -> None:
    """What did not pass is always named."""
    failed = Verdict("a/bad", "a", "dc1", VerdictKind.FAILED, "check the endpoint")
    well = [Verdict(f"a/{n}", "a", "dc1", VerdictKind.PASSED, "fine") for n in range(passed)]

    shown = render_verdicts([*well, failed])

    assert len(shown.splitlines()) == lines
    assert "failed  a/bad" in shown
    assert ("passed  13 connectors" in shown) is (lines == 2)


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ("0", "not a wave size"),
        ("0%,100%", "not a wave size"),
        ("1,101%", "not a wave size"),
        ("1,,100%", "not a wave size"),
        ("-1,100%", "not a wave size"),
        ("1.5,100%", "not a wave size"),
        ("all", "not a wave size"),
        ("", "not a wave size"),
        ("1,10%", "the last wave must be 100%"),
        ("5,2,100%", "each wave must be larger"),
        ("20%,10%,100%", "each wave must be larger"),
        ("1,100%,400", "nothing is left after 100%"),
    ],
)
def test_what_is_no_list_of_waves_is_refused(
    sizes: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anything is read, with what is wrong."""
    with pytest.raises(CommandLineError, match=message):
        parse(["apply", f"--waves={sizes}"])
    assert not capsys.readouterr().out


def test_waves_that_leave_projects_out_are_refused() -> None:
    """A plan is applied or it is not: nothing is left behind without a word."""
    with pytest.raises(CommandLineError, match="ends after 2 of 3 projects"):
        divide([update("a"), update("b"), update("c")], ("1", "2"))

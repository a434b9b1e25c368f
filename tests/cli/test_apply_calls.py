"""How many calls a run costs, counted where they arrive."""

from __future__ import annotations

from pathlib import Path

import pytest

from dcsync import emulator
from tests.cli.conftest import Run

PROJECTS = 7
CONNECTORS = """
  a: {config: {url: 'https://a.example.com'}}
  b: {config: {url: 'https://b.example.com'}}"""


@pytest.fixture
def fleet(tmp_path: Path, cloud: emulator.Emulator, project: str) -> Path:
    """A file that declares two connectors in each of seven projects."""
    ids = [project, *(cloud.add_project() for _ in range(PROJECTS - 1))]
    path = tmp_path / "fleet.yaml"
    projects = "".join(f"\n  store{number}: {{id: {each}}}" for number, each in enumerate(ids))
    path.write_text(
        f"dcsync: 1\nprojects:{projects}\npolicy: {{prune: all}}\nconnectors:{CONNECTORS}\n",
        "utf-8",
    )
    return path


@pytest.mark.usefixtures("fleet")
def test_planning_is_a_listing_per_project_and_one_token(
    run: Run, cloud: emulator.Emulator
) -> None:
    """However many projects there are side by side, one token serves them all."""
    assert run("plan", "--format", "json").code == 0

    assert cloud.calls.tally() == {"POST 200": 1, "GET 200": PROJECTS}


@pytest.mark.usefixtures("fleet")
def test_names_cost_a_page_of_projects_where_somebody_reads_them(
    run: Run, cloud: emulator.Emulator
) -> None:
    """Not where a plan has nothing in it, and not where nobody waits for one."""
    costs = []
    for arguments in (("plan",), ("apply", "--auto-approve"), ("plan",)):
        cloud.calls.clear()
        assert run(*arguments).code == 0
        costs.append(cloud.calls.tally()["GET 200"])

    assert costs == [PROJECTS + 1, 3 * PROJECTS, PROJECTS]


def test_applying_is_one_more_call_per_operation_and_a_look_where_something_was_created(
    run: Run, fleet: Path, cloud: emulator.Emulator
) -> None:
    """Each operation costs a call, and each project with creates is listed once more; where several
    projects change, their permissions are asked for first.
    """
    run("apply", "--auto-approve")
    created = cloud.calls.tally()
    cloud.calls.clear()
    text = (
        fleet.read_text("utf-8")
        .replace("  b: {", "  c: {")
        .replace("  a: {", "  a: {labels: [x], ")
    )
    fleet.write_text(text, "utf-8")

    ended = run("apply", "--auto-approve", "--allow-deletes", str(PROJECTS))

    assert created == {"POST 200": 1 + 2 * PROJECTS, "GET 200": 3 * PROJECTS}
    assert ended.code == 0
    assert cloud.calls.tally() == {
        "POST 200": 1 + PROJECTS,
        "GET 200": 3 * PROJECTS,
        "PATCH 200": PROJECTS,
        "DELETE 200": PROJECTS,
    }

"""A plan that is not whole says so, has no digest, and is never taken for one that is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dcsync import emulator
from tests.cli.conftest import PROJECT, Run

A = "\nconnectors:\n  a: {config: {url: https://a.example.com}}\n"
LAST = (
    "Incomplete plan: 1 project could not be planned. In the others: 1 to create, 0 to update, "
    "0 to replace, 0 to delete. 0 unchanged, 0 unmanaged."
)

Refuse = Callable[[int], object]


@pytest.fixture
def refuse(
    project: str, cloud: emulator.Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Refuse:
    """A fleet of two, of which one can be made to answer 403 to the next listings."""
    other = cloud.add_project(display_name="Store Bergen")
    (tmp_path / "fleet.yaml").write_text(
        f"dcsync: 1\nprojects:\n  oslo: {{id: {project}}}\n  bergen: {{id: {other}}}\n"
        f"policy: {{prune: all}}{A}",
        "utf-8",
    )
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    return lambda times: cloud.fail(
        f"*/{other}/dataconnectors", method="GET", status=403, count=times
    )


def test_every_format_says_so(run: Run, refuse: Refuse, tmp_path: Path) -> None:
    """The last line, the headline, the JSON and the outputs; there is no digest to approve."""
    refuse(3)

    text, markdown, report = (
        run("plan", "--format", format) for format in ("text", "markdown", "json")
    )

    assert {text.code, markdown.code, report.code} == {1}
    assert text.out.splitlines()[-1] == LAST
    assert "### dcsync plan, incomplete" in markdown.out
    assert LAST in markdown.out
    assert "igest" not in text.out + markdown.out
    assert json.loads(report.out)["digest"] is None
    outputs = (tmp_path / "output").read_text("utf-8").splitlines()
    assert {"complete=false", "digest="} <= set(outputs)


def test_it_is_not_saved(run: Run, refuse: Refuse, tmp_path: Path) -> None:
    """A file that was there before is left as it is."""
    (tmp_path / "saved").write_text("before", "utf-8")
    refuse(1)

    ended = run("plan", "--out", "saved")

    assert ended.code == 1
    assert "saved: not saved: the plan is incomplete" in ended.err
    assert (tmp_path / "saved").read_text("utf-8") == "before"


@pytest.mark.parametrize("by", ["file", "digest"])
def test_it_is_never_the_plan_that_was_reviewed(
    run: Run, refuse: Refuse, cloud: emulator.Emulator, by: str
) -> None:
    """Not even with --keep-going."""
    digest = json.loads(run("plan", "--out", "saved", "--format", "json").out)["digest"]
    refuse(1)

    ended = run("apply", "--keep-going", "--plan", "saved" if by == "file" else digest)

    assert ended.code == 1
    assert "not the plan that was reviewed" in ended.err
    assert cloud.connectors(PROJECT) == []


def test_keep_going_says_what_was_left_out(run: Run, refuse: Refuse) -> None:
    """In the last line of text and markdown; 5, as something is done and something is not."""
    refuse(1)
    text = run("apply", "--keep-going", "--auto-approve")
    refuse(1)
    markdown = run("apply", "--keep-going", "--auto-approve", "--format", "markdown")

    assert (text.code, markdown.code) == (5, 1)
    for ended in (text, markdown):
        assert ended.out.splitlines()[-1].endswith("Left out: 1 project could not be planned.")


def test_a_merged_report_is_no_more_whole_than_its_parts(
    run: Run, refuse: Refuse, tmp_path: Path
) -> None:
    """It says so, and has no digest either."""
    (tmp_path / "1").write_text(run("plan", "--format", "json").out, "utf-8")
    refuse(1)
    (tmp_path / "2").write_text(run("plan", "--format", "json").out, "utf-8")

    text = run("report", "merge", "1", "2")
    report = run("report", "merge", "1", "2", "--format", "json")

    assert text.code == 1
    assert text.out.splitlines()[-1].startswith("Incomplete: merged: 2 reports")
    assert json.loads(report.out)["digest"] is None

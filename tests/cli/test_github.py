"""In GitHub Actions a plan is also annotations, a step summary and step outputs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dcsync import emulator
from tests.cli.conftest import Run

DeclareFile = Callable[..., Path]


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder with the files that a runner gives to a step."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    return tmp_path


def test_the_plan_goes_to_the_summary_and_its_counts_to_the_outputs(
    run: Run, project: str, declare_file: DeclareFile, cloud: emulator.Emulator, runner: Path
) -> None:
    """A later step can decide by them and name the digest."""
    stray = {
        "displayName": "x",
        "type": "HTTP_PUSH",
        "httpConfig": {"url": "https://x.example.com"},
    }
    cloud.add_connector(project, stray)
    declare_file("\n  a: {config: {url: https://a.example.com}}")

    ended = run("plan", "--format", "json")

    outputs = dict(line.split("=") for line in (runner / "output").read_text().splitlines())
    assert ended.code == 3
    assert outputs["has-changes"] == "true"
    assert (outputs["create"], outputs["delete"], outputs["update"]) == ("1", "1", "0")
    assert len(outputs["digest"]) == 64
    assert "Plan: 1 to create" in (runner / "summary.md").read_text("utf-8")
    assert "::error::every live connector" in ended.err


@pytest.mark.usefixtures("project")
def test_an_apply_tells_its_plan_too(run: Run, declare_file: DeclareFile, runner: Path) -> None:
    """What was applied is in the summary of its own step."""
    declare_file("\n  a: {config: {url: https://a.example.com}}")

    run("apply", "--auto-approve")

    assert "create=1" in (runner / "output").read_text("utf-8")
    assert "Plan: 1 to create" in (runner / "summary.md").read_text("utf-8")


@pytest.mark.usefixtures("project", "runner")
def test_problems_become_annotations_at_their_place(run: Run, declare_file: DeclareFile) -> None:
    """A mistake in a file is shown in the pull request's diff."""
    declare_file("\n  a: {statsu: ACTIVE, config: {url: https://a.example.com}}")

    ended = run("plan")

    assert "::error file=dcsync.yaml,line=5,col=7::" in ended.err


@pytest.mark.usefixtures("project")
def test_elsewhere_nothing_is_written(
    run: Run, declare_file: DeclareFile, runner: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Outside of a workflow the variables mean nothing."""
    monkeypatch.delenv("GITHUB_ACTIONS")
    declare_file("\n  a: {config: {url: https://a.example.com}}")

    run("plan")

    assert not (runner / "summary.md").exists()

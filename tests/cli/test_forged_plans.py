"""A saved plan or a report that says something else than its digest stands for is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dcsync import emulator
from tests.cli.conftest import PROJECT, Run

DeclareFile = Callable[..., Path]
Forge = Callable[[dict[str, Any]], object]
TWO = """
  a: {config: {url: https://a.example.com}}
  b: {labels: [name], config: {url: https://b.example.com}}"""

FORGERIES: dict[str, Forge] = {
    "another url": lambda plan: plan["operations"][0]["changes"][-1].update(after="https://x"),
    "a value is hidden": lambda plan: plan["operations"][0]["changes"][-1].update(sensitive=True),
    "an operation less": lambda plan: plan["operations"].pop(),
    "an operation twice": lambda plan: plan["operations"].append(plan["operations"][0]),
    "no operations": lambda plan: plan.update(operations=[]),
    "another order": lambda plan: plan["operations"].reverse(),
    "a delete as an update": lambda plan: plan["operations"][-1].update(action="update"),
    "another connector": lambda plan: plan["operations"][-1].update(data_connector_id="c" * 20),
    "another name": lambda plan: plan["operations"][-1].update(display_name="harmless"),
    "another project": lambda plan: plan["operations"][-1].update(project_id="p" * 20),
    "another project's name": lambda plan: plan["operations"][-1].update(project_key="test"),
    "another digest": lambda plan: plan.update(digest="0" * 64),
    "another tally": lambda plan: plan["summary"].update(delete=0),
    "more unmanaged": lambda plan: plan["summary"].update(unmanaged=7),
    "a cost is not told": lambda plan: plan["operations"][-1].update(warnings=[]),
    "a narrowing": lambda plan: plan["narrowing"].update(projects=["x"]),
    "a selection": lambda plan: plan["selection"].update(addresses=["*/a"]),
    "a revision": lambda plan: plan["selection"].update(changed_since="0" * 40),
    "an error": lambda plan: plan["diagnostics"].append(
        {"severity": "error", "message": "x", "source": None}
    ),
}
NO_PLANS: dict[str, Forge] = {
    "an unknown key": lambda plan: plan.update(note="approved"),
    "an unknown key below": lambda plan: plan["operations"][0].update(note="approved"),
    "a negative allowance": lambda plan: plan["selection"].update(allow_deletes=-1),
    "an allowance that is a string": lambda plan: plan["selection"].update(allow_deletes="9"),
    "an allowance that is true": lambda plan: plan["selection"].update(allow_deletes=True),
    "a base that is an option": lambda plan: plan["selection"].update(base="--upload-pack=x"),
    "a tally of words": lambda plan: plan["summary"].update(unchanged="all"),
    "an unknown action": lambda plan: plan["operations"][0].update(action="keep"),
}


@pytest.fixture
def saved(
    run: Run, project: str, declare_file: DeclareFile, cloud: emulator.Emulator, tmp_path: Path
) -> Path:
    """A saved plan of two creates and a delete."""
    stray = {"type": "HTTP_PUSH", "httpConfig": {"url": "https://x.example.com"}}
    for name in ("x", "y"):
        cloud.add_connector(project, {"displayName": name, **stray})
    declare_file(TWO + "\n  y: {config: {url: https://x.example.com}}")
    assert run("plan", "--out", "saved").code == 0
    return tmp_path / "saved"


def forged(saved: Path, forge: Forge) -> None:
    plan = json.loads(saved.read_text("utf-8"))
    forge(plan)
    saved.write_text(json.dumps(plan), "utf-8")


@pytest.mark.parametrize("name", FORGERIES)
def test_what_does_not_fit_the_digest_is_refused(
    run: Run, cloud: emulator.Emulator, saved: Path, name: str
) -> None:
    """By `show` in every format and by `apply`, with 3; nothing of it is shown or done."""
    forged(saved, FORGERIES[name])
    before = cloud.connectors(PROJECT)

    for command in ("show saved", "show saved --format json", "apply --plan saved"):
        ended = run(*command.split())

        assert (ended.code, ended.out) == (3, ""), name
        assert "plan again" in ended.err
    assert cloud.connectors(PROJECT) == before


@pytest.mark.parametrize("name", NO_PLANS)
def test_what_no_dcsync_writes_is_no_saved_plan(run: Run, saved: Path, name: str) -> None:
    """Unknown keys and wrong types are not passed over."""
    forged(saved, NO_PLANS[name])

    for command in (("show", "saved"), ("apply", "--plan", "saved")):
        ended = run(*command)

        assert (ended.code, ended.out) == (1, "")
        assert "is not a saved plan" in ended.err


def test_a_key_that_is_there_twice(run: Run, saved: Path) -> None:
    """Readers differ in which of the two they show."""
    text = saved.read_text("utf-8").replace('"digest":', '"digest": "0", "digest":', 1)
    saved.write_text(text, "utf-8")

    assert run("show", "saved").code == 1


@pytest.mark.parametrize("command", ["plan", "apply"])
@pytest.mark.parametrize(
    "name", ["another url", "an operation less", "another digest", "no operations", "a narrowing"]
)
@pytest.mark.usefixtures("saved")
def test_a_report_that_does_not_fit_is_not_merged(
    run: Run, tmp_path: Path, name: str, command: str
) -> None:
    """Alone, beside another one, or merged before."""
    options = ("--auto-approve",) if command == "apply" else ()
    report = json.loads(run(command, "--format", "json", *options).out)
    (tmp_path / "good").write_text(json.dumps(report), "utf-8")
    merged = run("report", "merge", "good", "good", "--format", "json")
    (tmp_path / "merged").write_text(merged.out, "utf-8")
    FORGERIES[name](report)
    (tmp_path / "bad").write_text(json.dumps(report), "utf-8")

    assert run("report", "merge", "good", "merged").code == 0
    for files in (["bad"], ["good", "bad"], ["bad", "merged"]):
        ended = run("report", "merge", *files)
        assert (ended.code, ended.out) == (3, ""), ended.err
    content = json.loads(merged.out)
    content["operations"].pop()
    (tmp_path / "merged").write_text(json.dumps(content), "utf-8")
    assert run("report", "merge", "merged").code == 3

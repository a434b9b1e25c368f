"""Whole commands with hostile names, files and arguments: they end as they should, and show all."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from dcsync import emulator
from dcsync.watch.devices import DeviceBook, WatchedDevice
from tests.cli.conftest import PROJECT, Run, command_line
from tests.security.test_every_renderer import HOSTILE, acts

TYPED = [*(text for text in HOSTILE if not {"\0", "\ud800"} & set(text)), "\udcff"]
"""What can be typed: nothing with a NUL, and bytes that are no UTF-8 as Python has them."""
DECLARED = f"""\
dcsync: 1
project: {PROJECT}
policy: {{prune: none, quota: 100}}
connectors:
  a: {{config: {{url: https://a.example.com}}}}
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command line in a folder with one declaration."""
    monkeypatch.chdir(tmp_path)
    Path("dcsync.yaml").write_text(DECLARED, "utf-8")
    return command_line(capsys)


@pytest.fixture
def hostile(cloud: emulator.Emulator, monkeypatch: pytest.MonkeyPatch) -> emulator.Emulator:
    """A project whose connectors, devices and own name are hostile."""
    for name, value in cloud.environ.items():
        monkeypatch.setenv(name, value)
    cloud.add_project(display_name=HOSTILE[0], project_id=PROJECT)
    for name in HOSTILE:
        config = {"url": "https://x.example.com"}
        resource = {"displayName": name, "type": "HTTP_PUSH", "httpConfig": config}
        cloud.add_connector(PROJECT, resource, as_is=True)
    return cloud


def harmless(*texts: str) -> bool:
    return not any(acts(line, "") for text in texts for line in text.split("\n"))


@pytest.mark.usefixtures("hostile")
@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_a_plan_over_hostile_names(run: Run, form: str, tmp_path: Path) -> None:
    """Every name is listed, none acts, and the saved plan is shown again."""
    ended = run("plan", "--format", form, "--out", "plan.json")

    shown = run("show", "plan.json", "--format", form)
    assert (ended.code, shown.code) == (0, 0)
    assert harmless(ended.out, ended.err, shown.out)
    assert shown.out == ended.out
    saved = json.loads((tmp_path / "plan.json").read_text("utf-8"))
    assert {each["display_name"] for each in saved["unmanaged"]} == set(HOSTILE)


@pytest.mark.usefixtures("hostile")
@pytest.mark.parametrize("arguments", [["status"], ["import", "-p", PROJECT, "--out", "new"]])
@pytest.mark.parametrize("form", ["text", "json"])
def test_other_commands_over_hostile_names(run: Run, arguments: list[str], form: str) -> None:
    """They show what is there and end well."""
    ended = run(*arguments, "--format", form)

    assert ended.code == 0, ended.err
    assert harmless(ended.out, ended.err)


@pytest.mark.usefixtures("hostile")
def test_a_plan_in_github_actions(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only annotations command the log; the outputs are a line each, the summary has one marker."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))

    ended = run("plan")

    assert harmless(ended.out)
    assert {line.split("::")[1].split()[0] for line in ended.err.split("\n") if "::" in line} <= {
        "warning",
        "error",
    }
    assert (tmp_path / "summary.md").read_text("utf-8").count("<!--") == 1
    outputs = (tmp_path / "output").read_text("utf-8").splitlines()
    assert all(line.partition("=")[0].replace("-", "").isalpha() for line in outputs)


@pytest.mark.parametrize(
    "name",
    [b"\xff\xfe.yaml", b"a\n::error::x.yaml", b"\x1b[2J.yaml", "\u202eb.yaml".encode()],
    ids=ascii,
)
def test_a_hostile_file_name(run: Run, name: bytes) -> None:
    """A problem in such a file has its place in one line, in every format."""
    Path(os.fsdecode(name)).write_text("dcsync: 1\nprojcet: x\n", "utf-8")

    for form in ("text", "json"):
        ended = run("validate", "--format", form)
        assert ended.code == 1
        assert harmless(ended.out, ended.err)


@pytest.mark.parametrize("text", TYPED, ids=ascii)
@pytest.mark.parametrize(
    "arguments",
    [["plan", "-f"], ["show"], ["plan", "--parallelism"], ["apply", "--plan"], ["report", "merge"]],
    ids=str,
)
def test_a_hostile_argument(run: Run, arguments: list[str], text: str) -> None:
    """What was typed is repeated in one line that does nothing."""
    ended = run(*arguments, text)

    assert ended.code in (1, 64)
    assert "bug" not in ended.err
    assert harmless(ended.out, ended.err)


@pytest.mark.parametrize(
    "change",
    [
        {"removed": 5},
        {"removed": [{}, [], None, 7]},
        {"removed": "room"},
        {"added": [1]},
        {"added": {"room": {"deep": [[]]}}, "modified": 0},
    ],
    ids=str,
)
def test_a_change_of_labels_that_makes_no_sense_changes_nothing(change: dict[str, Any]) -> None:
    """A watch goes on with the labels that it knows."""
    book = DeviceBook()
    book.enter([WatchedDevice("d", labels={"room": "99"})])

    book.relabel("d", change)

    device = book.get("d")
    assert device is not None
    assert device.labels == {"room": "99"}


def test_completion_offers_only_what_a_shell_takes_as_it_is(run: Run) -> None:
    """An address that would run a command where it is completed is not offered."""
    Path("dcsync.yaml").write_text(
        DECLARED + '  "x$(id)": {config: {url: https://a.example.com}}\n', "utf-8"
    )

    ended = run("completion", "bash", "--", "dcsync", "sync", "")

    assert "$" not in ended.out
    assert ended.out.split() in ([], [f"{PROJECT}/a"])

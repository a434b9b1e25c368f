"""A header's name may have dots, as paths have: `X.Y` is never taken for something of `X`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from dcsync import emulator
from dcsync.model import FieldPath, HttpPushConfig, config_leaves, field_path
from tests.cli.conftest import Run

DeclareFile = Callable[..., Path]

ENTRY = """
  ingest:{ignore}
    config:
      url: https://ingest.example.com/dt
      headers: {headers}"""
VALUES = {"FIRST": "first-value", "SECOND": "second-value", "THIRD": "third-value"}


def entry(headers: Mapping[str, str], ignore: str = "") -> str:
    """One connector with references as its headers' values."""
    references = json.dumps({name: f"${{env:{each}}}" for name, each in headers.items()})
    ignored = f"\n    ignore_changes: [{ignore}]" if ignore else ""
    return ENTRY.format(headers=references, ignore=ignored)


@pytest.fixture(autouse=True)
def _values(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in VALUES.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("patch", ["merge", "replace"])
@pytest.mark.parametrize(
    ("before", "after", "ignore", "paths", "live"),
    [
        pytest.param(
            {"X": "FIRST", "X.Y": "FIRST"},
            {"X": "FIRST", "X.Y": "SECOND"},
            "",
            ["config.headers.X.Y"],
            {"X": "FIRST", "X.Y": "SECOND"},
            id="changed",
        ),
        pytest.param(
            {"X": "FIRST", "X.Y": "FIRST"},
            {"X": "SECOND", "X.Y": "SECOND"},
            "config.headers.X",
            ["config.headers.X.Y"],
            {"X": "FIRST", "X.Y": "SECOND"},
            id="the shorter one ignored",
        ),
        pytest.param(
            {"X": "FIRST", "X.Y": "FIRST", "X.Y.Z": "FIRST"},
            {"X": "SECOND", "X.Y": "SECOND", "X.Y.Z": "SECOND"},
            "config.headers.x.y",
            ["config.headers.X", "config.headers.X.Y.Z"],
            {"X": "SECOND", "X.Y": "FIRST", "X.Y.Z": "SECOND"},
            id="the one in the middle ignored, in another case",
        ),
        pytest.param(
            {"X": "FIRST", "X..Y": "FIRST", ".": "FIRST"},
            {"X": "FIRST", "X..Y": "SECOND"},
            "",
            ["config.headers..", "config.headers.X..Y"],
            {"X": "FIRST", "X..Y": "SECOND"},
            id="empty pieces, and one that goes",
        ),
    ],
)
def test_from_declaration_to_live_connector(
    before: dict[str, str],
    after: dict[str, str],
    ignore: str,
    paths: list[str],
    live: dict[str, str],
    patch: str,
    run: Run,
    project: str,
    declare_file: DeclareFile,
    cloud: emulator.Emulator,
) -> None:
    """What is planned, saved, sent and kept is the header that is called so, and no other."""
    cloud.switch(config_patch=patch)
    declare_file(entry(before))
    run("apply", "--auto-approve")
    declare_file(entry(after, ignore))

    planned = run("plan", "--format", "json", "--out", "saved.json")
    applied = run("apply", "--plan", "saved.json")

    [operation] = json.loads(planned.out)["operations"]
    assert [each["path"] for each in operation["changes"]] == paths
    assert applied.code == 0
    [found] = cloud.connectors(project)
    assert found["httpConfig"]["headers"] == {name: VALUES[each] for name, each in live.items()}
    assert run("plan").out == "No changes. 1 connector matches.\n"


def test_the_way_back_is_of_the_same_header(
    run: Run, project: str, declare_file: DeclareFile, cloud: emulator.Emulator
) -> None:
    """A saved way back puts `X.Y` back, and leaves what somebody did to `X` since."""
    declare_file(entry({"X": "FIRST", "X.Y": "FIRST"}))
    run("apply", "--auto-approve")
    declare_file(entry({"X": "FIRST", "X.Y": "SECOND"}))
    changed = run("apply", "--auto-approve", "--reverse", "back.json")
    declare_file(entry({"X": "THIRD", "X.Y": "SECOND"}))
    run("apply", "--auto-approve")

    back = run("apply", "--plan", "back.json")

    assert (changed.code, back.code) == (0, 0)
    [found] = cloud.connectors(project)
    assert found["httpConfig"]["headers"] == {"X": "third-value", "X.Y": "first-value"}


@pytest.mark.parametrize("name", ["X.Y", ".", "a..b", "X-Env", ".x."])
def test_a_path_is_read_as_it_is_written(name: str) -> None:
    """With dots for people and JSON, and back, each name in one piece."""
    [path] = [path for path, _ in config_leaves(HttpPushConfig(headers={name: "x"}))]

    assert path == FieldPath(("config", "headers", name))
    assert field_path(str(path)) == path

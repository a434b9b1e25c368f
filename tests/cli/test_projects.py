"""`dcsync projects`: what the account sees, with few calls, and what could not be seen is said."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from dcsync import emulator
from tests.cli.conftest import PROJECT, Run

CONNECTOR = {"type": "HTTP_PUSH", "httpConfig": {"url": "https://a.example.com"}}


@pytest.fixture
def bergen(cloud: emulator.Emulator, project: str) -> str:
    """Beside Store Oslo: Store Bergen of another organization, with a connector and a sensor."""
    assert project == PROJECT
    other = cloud.add_organization("Example organization")
    bergen = cloud.add_project("Store Bergen", organization_id=other)
    cloud.add_connector(bergen, {**CONNECTOR, "displayName": "Ingest"})
    cloud.add_device(bergen, "touch")
    return bergen


def listed(run: Run, *arguments: str, code: int = 0) -> dict[str, dict[str, Any]]:
    """What `--format json` prints, by display name."""
    ended = run("projects", *arguments, "--format", "json")
    assert ended.code == code
    return {each["display_name"]: each for each in json.loads(ended.out)["projects"]}


def test_every_project_is_a_line(run: Run, bergen: str) -> None:
    """Id, name, organization, sensors, connectors, room; the totals come last."""
    ended = run("projects")

    words = {line.split()[0]: line.split() for line in ended.out.splitlines()}
    assert (ended.code, ended.err) == (0, "")
    assert next(iter(words)) == "PROJECT"
    assert words[PROJECT][-3:] == ["0", "0", "10"]
    assert words[bergen][1:] == ["Store", "Bergen", "Example", "organization", "1", "1", "9"]
    assert ended.out.endswith("Projects: 2 projects in 2 organizations; 1 connector.\n")


def test_the_same_as_json(run: Run, bergen: str) -> None:
    """Numbers are numbers, and ids are without their kind."""
    found = listed(run)

    assert found["Store Bergen"] == {
        "project_id": bergen,
        "display_name": "Store Bergen",
        "organization_id": found["Store Bergen"]["organization_id"],
        "organization": "Example organization",
        "inventory": False,
        "sensors": 1,
        "data_connectors": 1,
        "quota": 10,
        "quota_left": 9,
        "trouble": "",
    }
    assert "/" not in found["Store Oslo"]["organization_id"]


@pytest.mark.usefixtures("bergen")
def test_it_costs_a_call_per_page_and_one_per_project(run: Run, cloud: emulator.Emulator) -> None:
    """Names alone are a page of a hundred; a pattern counts only what it takes."""
    costs = {}
    for options in ((), ("Store B*",), ("--names-only",)):
        cloud.calls.clear()
        assert run("projects", *options).code == 0
        costs[options] = cloud.calls.tally()["GET 200"]

    assert costs == {(): 3, ("Store B*",): 2, ("--names-only",): 1}


@pytest.mark.usefixtures("project")
def test_all_pages_are_listed(run: Run, cloud: emulator.Emulator) -> None:
    """A page holds a hundred."""
    for number in range(120):
        cloud.add_project(f"Store {number}")

    assert len(listed(run, "--names-only")) == 121
    assert cloud.calls.count("GET", "/v2/projects") == 2


def test_what_cannot_be_listed_is_said(run: Run, cloud: emulator.Emulator, bergen: str) -> None:
    """The others are; the exit code is 1, and nobody is told a number that nobody knows."""
    cloud.fail(path=f"*/projects/{bergen}/dataconnectors", status=403, count=None)

    ended = run("projects")

    (line,) = [each for each in ended.out.splitlines() if bergen in each]
    assert ended.code == 1
    assert line.split()[-2:] == ["?", "?"]
    assert ended.out.endswith("; 0 connectors; 1 project could not be listed.\n")
    assert f"project {bergen} cannot be listed: GET" in ended.err
    unknown = listed(run, code=1)["Store Bergen"]
    assert (unknown["data_connectors"], unknown["quota_left"]) == (None, None)
    assert "403" in unknown["trouble"]


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        (PROJECT, ["Store Oslo"]),
        ("Store Oslo", ["Store Oslo"]),
        ("Store *", ["Store Bergen", "Store Oslo"]),
        ("[old] Depot", ["[old] Depot"]),
        ("Oslo/Bergen", ["Oslo/Bergen"]),
    ],
)
@pytest.mark.usefixtures("bergen")
def test_patterns_take_ids_and_names(
    run: Run, cloud: emulator.Emulator, pattern: str, names: list[str]
) -> None:
    """A name with the signs of a glob in it is meant as it is, too."""
    cloud.add_project("[old] Depot")
    cloud.add_project("Oslo/Bergen")

    assert sorted(listed(run, pattern)) == names


@pytest.mark.usefixtures("bergen")
def test_a_mistyped_one_gets_the_nearest(run: Run) -> None:
    """Wrong usage, with the name that was probably meant."""
    ended = run("projects", "store olso")

    assert (ended.code, ended.out) == (64, "")
    assert "(did you mean 'Store Oslo'?)" in ended.err


@pytest.mark.usefixtures("project")
def test_hostile_names_do_nothing(run: Run, cloud: emulator.Emulator) -> None:
    """They are a server's words: escapes are shown, wide characters keep the columns."""
    cloud.add_project("\x1b[31mred\x1b[0m ::error::")
    cloud.add_project("店舗 🏬")
    cloud.add_project("x" * 300)

    ended = run("projects")

    assert "\x1b" not in ended.out
    assert r"\x1b[31mred" in ended.out
    (wide,) = [line for line in ended.out.splitlines() if "店舗" in line]
    (plain,) = [line for line in ended.out.splitlines() if "Store Oslo" in line]
    organization = "Emulated organization"
    assert wide.index(organization) + 3 == plain.index(organization)
    assert max(map(len, ended.out.splitlines())) < 160


@pytest.mark.usefixtures("bergen")
def test_in_colour_it_says_the_same(run: Run) -> None:
    """The head of the table is bold, and nothing else differs."""
    plain, colored = run("projects").out, run("projects", "--color", "always").out

    assert "\x1b[1m" in colored
    assert re.sub(r"\x1b\[\d+m", "", colored) == plain


def test_an_account_without_projects(
    run: Run, cloud: emulator.Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing to see is said in words."""
    for name, value in cloud.environ.items():
        monkeypatch.setenv(name, value)

    assert run("projects").out == "No projects: the account has no role in any.\n"

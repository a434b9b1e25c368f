"""What declarations of one project cannot do together, message by message."""

from __future__ import annotations

from pathlib import Path

import pytest

from dcsync import declare
from dcsync.errors import DeclarationError

OSLO, BERGEN = "c9n2k4v0t7s1r3m5b6d8", "c9n2k4v0t7s1r3m5b6dg"
HEAD = f"dcsync: 1\nproject: {OSLO}\npolicy: {{prune: none, quota: 3}}\nconnectors:\n"
FLEET = (
    f"dcsync: 1\nprojects: {{oslo: {{id: {OSLO}}}, bergen: {{id: {BERGEN}}}}}\n"
    "policy: {prune: none, quota: 3}\nconnectors:\n"
)
URL = "config: {url: https://a.example.com}"
SHARED = "only connectors that have an 'id' may share it"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def entry(key: str, display_name: str = "", data_connector_id: str = "") -> str:
    name = f"display_name: {display_name}, " if display_name else ""
    pinned = f"id: {data_connector_id}, " if data_connector_id else ""
    return f"  {key}: {{{name}{pinned}{URL}}}\n"


def load(**texts: str) -> int:
    """How many connectors are declared in files of these names."""
    for name, text in texts.items():
        Path(f"{name}.yaml").write_text(text, "utf-8")
    found = declare.load([Path()], environ={})
    return sum(len(project.connectors) for project in found.projects)


def problems(**texts: str) -> list[str]:
    with pytest.raises(DeclarationError) as caught:
        load(**texts)
    return [str(each) for each in caught.value.diagnostics]


def test_a_connector_declared_twice_is_told_once_with_both_places() -> None:
    """The message stands at the last of them and gives the key, slashes of it and all."""
    more = HEAD.replace("policy: {prune: none, quota: 3}\n", "")

    assert problems(a=HEAD + entry("one", "A"), b=more + entry("one", "B")) == [
        "b.yaml:4:3: error: connector 'one' is declared twice for one project: "
        "a.yaml:5:3 and b.yaml:4:3"
    ]


def test_a_connector_may_be_declared_for_each_project() -> None:
    """The same key and display name in two projects are two connectors."""
    assert load(a=HEAD + entry("one"), b=HEAD.replace(OSLO, BERGEN) + entry("one")) == 2
    Path("b.yaml").unlink()
    assert load(a=FLEET + entry("one")) == 2


@pytest.mark.parametrize(
    "ids", [("", ""), ("c16pegipidie7lltrefg", ""), ("", "c16pegipidie7lltrefg")]
)
def test_a_display_name_is_shared_by_pinned_connectors_only(ids: tuple[str, str]) -> None:
    """One of them without an id could be either of the two live ones."""
    first, second = ids
    text = HEAD + entry("one", "Twin", first) + entry("two") + entry("Twin", "", second)

    assert problems(a=text) == [
        f"a.yaml:7:3: error: the display name 'Twin' is declared twice in one project; {SHARED}: "
        "a.yaml:5:3 and a.yaml:7:3"
    ]


def test_pinned_connectors_may_share_a_display_name() -> None:
    """The id tells them apart."""
    pinned = [entry(key, "Twin", f"c16pegipidie7lltref{key}") for key in "ab"]

    assert load(a=HEAD + "".join(pinned)) == 2


def test_two_connectors_cannot_be_pinned_to_one() -> None:
    """Whatever they are called; the others are left alone."""
    same = "c16pegipidie7lltrefg"
    text = HEAD + entry("one", "", same) + entry("two", "", "c16pegipidie7lltref0")

    assert problems(a=text + entry("three", "", same)) == [
        "a.yaml:7:3: error: two connectors of one project are pinned to the same 'id': "
        "a.yaml:5:3 and a.yaml:7:3"
    ]


def test_the_quota_may_be_used_up_and_not_passed() -> None:
    """The first connector too many is the place of the message; all of them are named."""
    three = HEAD + "".join(entry(key) for key in ("one", "two", "three"))

    assert load(a=three) == 3
    assert problems(a=three + entry("four") + entry("five")) == [
        "a.yaml:8:3: error: 5 connectors are declared for one project whose quota is 3: "
        "a.yaml:5:3, a.yaml:6:3, a.yaml:7:3, a.yaml:8:3 and a.yaml:9:3"
    ]


def test_a_conflict_in_a_fleet_is_told_once() -> None:
    """Each place is named once, though it is about every project."""
    assert problems(a=FLEET + entry("one", "Twin") + entry("two", "Twin")) == [
        f"a.yaml:6:3: error: the display name 'Twin' is declared twice in one project; {SHARED}: "
        "a.yaml:5:3 and a.yaml:6:3"
    ]


def test_names_that_are_missing_are_no_twins() -> None:
    """Two empty display names are two mistakes, not a third one."""
    text = HEAD + entry("one", "''") + entry("two", "''")

    assert [each.partition(" error: ")[2][:14] for each in problems(a=text)] == [
        "'display_name'",
        "'display_name'",
    ]


def test_every_conflict_is_told_at_once() -> None:
    """A name, an id and the quota."""
    same = "c16pegipidie7lltrefg"
    text = (
        HEAD + entry("one", "Twin") + entry("two", "Twin")
        + entry("three", "", same) + entry("four", "", same)
    )  # fmt: skip

    assert [each.partition(": error: ")[0] for each in problems(a=text)] == [
        "a.yaml:6:3", "a.yaml:8:3", "a.yaml:8:3",
    ]  # fmt: skip

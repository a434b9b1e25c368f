"""Fleets that are found in the cloud: `projects: {discover: …}`."""

from __future__ import annotations

from pathlib import Path

import pytest

from dcsync import emulator
from tests.cli.conftest import Run

ORGANIZATION = "c0rg4n1s4t10n0000000"


@pytest.fixture
def stores(cloud: emulator.Emulator, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two stores, an office and the inventory project of one organization."""
    for name, value in cloud.environ.items():
        monkeypatch.setenv(name, value)
    organization = cloud.add_organization("Example organization", ORGANIZATION)
    names = ("Store Oslo", "Store Bergen", "Office")
    projects = [cloud.add_project(name, organization_id=organization) for name in names]
    cloud.add_project("Store inventory", organization_id=organization, inventory=True)
    return projects[:2]


def declare(folder: Path, connectors: str, prune: str = "previous") -> None:
    (folder / "dcsync.yaml").write_text(
        f"dcsync: 1\nprojects: {{discover: {{organization: {ORGANIZATION}, "
        f'display_name: "Store *"}}}}\npolicy: {{prune: {prune}}}\nconnectors:{connectors}\n',
        "utf-8",
    )


def test_every_project_that_fits_gets_the_connectors(
    run: Run, cloud: emulator.Emulator, stores: list[str], tmp_path: Path
) -> None:
    """The address starts with the project's id; the inventory project is never one."""
    declare(tmp_path, "\n  a: {config: {url: 'https://a.example.com/${project:id}'}}")

    ended = run("apply", "--auto-approve")

    assert ended.code == 0
    for project in stores:
        assert f"+ {project}/a" in ended.out
        assert len(cloud.connectors(project)) == 1
    assert "Applied: 2 created" in ended.out
    # The projects; of each its permissions, its listing, and the look after its creates.
    assert cloud.calls.count("GET", "/projects") == 1 + 3 * len(stores)


def test_a_file_may_add_to_one_project_of_the_fleet(
    run: Run, cloud: emulator.Emulator, stores: list[str], tmp_path: Path
) -> None:
    """It joins the project that is found, under the fleet's policy."""
    declare(tmp_path, "\n  a: {config: {url: 'https://a.example.com'}}")
    more = f"dcsync: 1\nproject: {stores[0]}\nconnectors:\n  b: {{config: {{url: https://b.example.com}}}}\n"
    (tmp_path / "more.yaml").write_text(more, "utf-8")

    ended = run("apply", "--auto-approve")

    assert ended.code == 0
    assert [len(cloud.connectors(project)) for project in stores] == [2, 1]


def test_a_problem_in_the_file_is_told_before_anything_is_sent(
    run: Run, cloud: emulator.Emulator, stores: list[str], tmp_path: Path
) -> None:
    """Also what is wrong in the connectors of a fleet that is not known yet."""
    declare(tmp_path, "\n  a: {config: {url: 'ftp://a.example.com'}}")

    ended = run("plan")

    assert stores
    assert ended.code == 1
    assert "dcsync.yaml:5:" in ended.err
    assert len(cloud.calls) == 0


def test_what_a_listing_finds_never_decides_about_all_deletions(
    run: Run, cloud: emulator.Emulator, stores: list[str], tmp_path: Path
) -> None:
    """`prune: all` is refused for such a fleet."""
    declare(tmp_path, "\n  a: {config: {url: 'https://a.example.com'}}", prune="all")

    ended = run("plan")

    assert stores
    assert ended.code == 1
    assert "prune" in ended.err
    assert len(cloud.calls) == 0


def test_an_organization_that_cannot_be_listed(
    run: Run, cloud: emulator.Emulator, stores: list[str], tmp_path: Path
) -> None:
    """Without the listing there is no plan."""
    cloud.fail(method="GET", path="*/projects", status=403, count=None)
    declare(tmp_path, "\n  a: {config: {url: 'https://a.example.com'}}")

    ended = run("plan")

    assert stores
    assert ended.code == 1
    assert "403" in ended.err


def test_the_order_of_the_listing_makes_no_difference(
    run: Run, cloud: emulator.Emulator, stores: list[str], tmp_path: Path
) -> None:
    """The same plan, byte for byte, so that waves begin with the same project."""
    declare(tmp_path, "\n  a: {config: {url: https://a.example.com}}")

    plans = []
    for seed in range(4):
        cloud.switch(list_order="shuffled", shuffle_seed=seed)
        plans.append(run("plan", "--expand").out)

    assert len(stores) > 1
    assert len(set(plans)) == 1

"""What flows through what would go: shown on request, and where a policy says so, held back."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from dcsync import emulator
from tests.cli.conftest import PROJECT, Run

DeclareFile = Callable[..., Path]
KEPT = "\n  kept: {config: {url: https://kept.example.com}}"
PROTECTING = "{prune: all, protect_active: true}"


@pytest.fixture
def stray(run: Run, project: str, cloud: emulator.Emulator, declare_file: DeclareFile) -> str:
    """A connector that nothing declares, beside one that is in sync; its id."""
    declare_file(KEPT, policy=PROTECTING)
    assert run("apply", "--auto-approve").code == 0
    config = {"url": "https://stray.example.com"}
    resource = {"displayName": "Stray", "type": "HTTP_PUSH", "httpConfig": config}
    return cloud.add_connector(project, resource)


def names(cloud: emulator.Emulator) -> set[str]:
    return {each["displayName"] for each in cloud.connectors(PROJECT)}


def asked(cloud: emulator.Emulator) -> int:
    """How often metrics were asked for."""
    return sum(each.path.endswith(":metrics") for each in cloud.calls)


@pytest.mark.parametrize(
    ("ok", "failed", "words"),
    [
        (412, 0, "delivered 412 events in the last 3 h, 0 failed"),
        (1, 2, "delivered 1 event in the last 3 h, 2 failed"),
        (0, 7, "delivered 0 events in the last 3 h, 7 failed"),
        (0, 0, "idle: no delivery in the last 3 h"),
    ],
)
def test_it_is_beside_the_plan(
    run: Run,
    declare_file: DeclareFile,
    cloud: emulator.Emulator,
    stray: str,
    ok: int,
    failed: int,
    words: str,
) -> None:
    """Every format says it, for one call; the digest and all other keys are as without."""
    declare_file(KEPT, policy="{prune: all}")
    cloud.add_deliveries(stray, ok=ok, failed=failed)

    plain = run("plan", "--format", "json")
    before = asked(cloud)
    weighed = run("plan", "--format", "json", "--impact")
    calls = asked(cloud) - before
    shown = [run("plan", "--impact", "--format", each).out for each in ("text", "markdown")]

    content = json.loads(weighed.out)
    [impact] = content.pop("impact")
    assert content == json.loads(plain.out)
    assert (impact["successes"], impact["failures"]) == (ok, failed)
    assert (before, calls) == (0, 1)
    assert all(words in each for each in shown)


def test_a_disable_is_weighed_and_other_updates_are_not(
    run: Run, declare_file: DeclareFile, cloud: emulator.Emulator, stray: str
) -> None:
    """What goes on delivering is not asked about."""
    cloud.add_deliveries(stray, ok=3)
    off = "\n  Stray: {status: USER_DISABLED, config: {url: https://stray.example.com}}"
    declare_file(KEPT.replace("kept.ex", "new.ex") + off, policy="{prune: all}")

    ended = run("plan", "--impact", "--format", "json")

    assert [each["data_connector_id"] for each in json.loads(ended.out)["impact"]] == [stray]


def test_what_delivers_is_not_deleted(
    run: Run, declare_file: DeclareFile, cloud: emulator.Emulator, stray: str
) -> None:
    """Plan, apply, a reviewed plan by file and by digest: all refuse, until the option says so."""
    declare_file(KEPT, policy=PROTECTING)
    reviewed = run("plan", "--out", "plan.json", "--format", "json")
    digest = json.loads(reviewed.out)["digest"]
    cloud.add_deliveries(stray, ok=2)
    allowance = ("--allow-active", "1")

    refused = [
        run("plan"),
        run("apply", "--auto-approve"),
        run("apply", "--plan", "plan.json"),
        run("apply", "--plan", digest[:8]),
    ]
    there = names(cloud)
    allowed = run("apply", "--plan", digest[:8], *allowance)

    assert reviewed.code == 0
    assert [each.code for each in refused] == [3] * 4
    assert all("'Stray'" in each.out and "--allow-active 1" in each.out for each in refused)
    assert there == {"kept", "Stray"}
    assert (allowed.code, names(cloud)) == (0, {"kept"})


def test_an_allowance_is_saved_with_its_plan(
    run: Run, declare_file: DeclareFile, cloud: emulator.Emulator, stray: str
) -> None:
    """A plan that was reviewed with its number may be applied; it shows what flowed then."""
    declare_file(KEPT, policy=PROTECTING)
    cloud.add_deliveries(stray, ok=2)

    saved = run("plan", "--out", "plan.json", "--allow-active", "1")
    shown = run("show", "plan.json")
    applied = run("apply", "plan.json")

    assert saved.code == 0
    assert "delivered 2 events in the last 3 h" in shown.out
    assert (applied.code, names(cloud)) == (0, {"kept"})


@pytest.mark.parametrize("trouble", [{"status": 403}, {"status": 200, "body": "{}"}])
def test_what_cannot_be_seen_is_not_deleted(
    run: Run,
    declare_file: DeclareFile,
    cloud: emulator.Emulator,
    stray: str,
    trouble: dict[str, object],
) -> None:
    """Not knowing is no permission, and it is said; without the policy it is only said."""
    cloud.fail(path=f"*{stray}:metrics", count=None, **trouble)

    refused = run("apply", "--auto-approve")
    declare_file(KEPT, policy="{prune: all}")
    weighed = run("plan", "--impact")

    assert refused.code == 3
    assert "whether 'Stray'" in refused.out
    assert "could not be read" in refused.out
    assert names(cloud) == {"kept", "Stray"}
    assert (weighed.code, "could not be read: " in weighed.out) == (0, True)


def test_what_is_disabled_may_go(run: Run, cloud: emulator.Emulator, stray: str) -> None:
    """It delivered, and delivers no more: the way on that the message names."""
    cloud.add_deliveries(stray, ok=2)
    resource = next(each for each in cloud.connectors(PROJECT) if each["displayName"] == "Stray")
    cloud.store.connectors.put(stray, {**resource, "status": "USER_DISABLED"}, PROJECT)

    ended = run("apply", "--auto-approve")

    assert (ended.code, names(cloud)) == (0, {"kept"})


def test_destroy_is_held_back_as_well(
    run: Run, declare_file: DeclareFile, cloud: emulator.Emulator, stray: str
) -> None:
    """Whatever plans a delete; and what looks at a plan only asks nothing more."""
    declare_file(f"{KEPT}\n  Stray: {{config: {{url: https://stray.example.com}}}}", PROTECTING)
    cloud.add_deliveries(stray, ok=2)

    ended = run("destroy", "*/Stray", "--auto-approve")
    cloud.calls.clear()
    run("status")

    assert ended.code == 3
    assert names(cloud) == {"kept", "Stray"}
    assert asked(cloud) == 2


@pytest.mark.parametrize("command", ["apply", "destroy"])
@pytest.mark.parametrize("happening", ["delivers", "freezes", "nothing"])
def test_what_has_come_to_hold_while_the_prompt_waited_is_asked_again(
    run: Run,
    declare_file: DeclareFile,
    cloud: emulator.Emulator,
    stray: str,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    happening: str,
) -> None:
    """A person may take hours to type yes; policies that depend on the moment hold then, too."""
    declared = f"{KEPT}\n  Stray: {{config: {{url: https://stray.example.com}}}}"
    declare_file(
        declared if command == "destroy" else KEPT,
        policy='{prune: all, protect_active: true, freeze: ["Mon 00:00 - Mon 12:00 UTC"]}',
    )
    sunday = datetime(2026, 3, 1, 23, tzinfo=UTC)
    at_last = sunday + timedelta(hours=2 if happening == "freezes" else 0)
    for room, moment in (("plans.planning", sunday), ("runs.holding", at_last)):
        monkeypatch.setattr(
            f"dcsync.session.{room}.datetime", SimpleNamespace(now=lambda _, at=moment: at)
        )

    def answer() -> str:
        if happening == "delivers":
            cloud.add_deliveries(stray, ok=2)
        return "yes\n"

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdin.readline", answer, raising=False)

    ended = run(command, *(["*/Stray"] if command == "destroy" else []))

    assert ended.code == (0 if happening == "nothing" else 3)
    assert names(cloud) == ({"kept"} if happening == "nothing" else {"kept", "Stray"})

"""What apply ends with, and what its report says: the same in every format."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from dcsync import emulator
from tests.cli.conftest import PROJECT, Run

DeclareFile = Callable[..., Path]
Prepare = Callable[[emulator.Emulator], object]

URL = "https://a.example.com"
STRAYS = ("x", "y", "z", "w")


def stray(name: str) -> dict[str, object]:
    return {"displayName": name, "type": "HTTP_PUSH", "httpConfig": {"url": URL}}


def connectors(*names: str, **fields: str) -> str:
    more = "".join(f", {key}: {value}" for key, value in fields.items())
    lines = (f"\n  {name}: {{config: {{url: '{URL}'}}{more}}}" for name in names)
    return "".join(lines) or " {}"


@dataclass(frozen=True, slots=True)
class Case:
    """A situation, how apply is called in it, what it ends with and what the outcomes are."""

    code: int
    outcomes: dict[str, int]
    connectors: str = connectors("a", "b")
    policy: str = "{prune: all}"
    arguments: tuple[str, ...] = ("--auto-approve",)
    prepare: Prepare = lambda _: None


def fail_posts(**fault: object) -> Prepare:
    return lambda cloud: cloud.fail("*/dataconnectors", method="POST", **fault)


def add_strays(cloud: emulator.Emulator) -> None:
    for name in STRAYS:
        cloud.add_connector(PROJECT, stray(name))


def lose_labels(cloud: emulator.Emulator) -> None:
    """Answer a create as if the cloud knew no labels."""
    body = {"name": f"projects/{PROJECT}/dataconnectors/c16pegipidie7lltrefg", **stray("a")}
    cloud.fail("*/dataconnectors", method="POST", status=200, body=json.dumps(body), acts=True)


CASES = {
    "all is done": Case(0, {"done": 2}),
    "there is nothing to do": Case(0, {}, connectors=connectors()),
    "all fails": Case(1, {"failed": 2}, prepare=fail_posts(status=400, count=None)),
    "some fails": Case(5, {"failed": 1, "done": 1}, prepare=fail_posts(status=403)),
    "a sync fails": Case(
        5,
        {"done, not synced": 1},
        connectors=connectors("a", sync_after="[create]"),
        prepare=lambda cloud: cloud.fail("*:sync", status=400),
    ),
    "a field is not taken": Case(
        5, {"failed": 1}, connectors=connectors("a", labels="[name]"), prepare=lose_labels
    ),
    "a project cannot be listed": Case(
        1,
        {},
        prepare=lambda cloud: cloud.fail("*/dataconnectors", method="GET", status=403),
    ),
    "nobody approves": Case(3, {"not attempted": 2}, arguments=()),
    "a guard holds": Case(3, {"not attempted": 6}, prepare=add_strays),
    "all is blocked": Case(
        3,
        {"refused": 1},
        connectors="\n  a: {type: GOOGLE_CLOUD_PUBSUB, config: {topic: t, audience: x}}",
        policy="{prune: all, protect: [a]}",
        prepare=lambda cloud: cloud.add_connector(PROJECT, stray("a")),
    ),
    "some is blocked": Case(
        5,
        {"done": 6, "refused": 1},
        connectors=connectors(*"abcdefg"),
        policy="{prune: none}",
        prepare=add_strays,
    ),
}
FORMATS = ("text", "json", "markdown")


@pytest.mark.slow
@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("name", CASES)
@pytest.mark.usefixtures("project")
def test_exit_code_and_outcomes(
    run: Run, declare_file: DeclareFile, cloud: emulator.Emulator, name: str, format: str
) -> None:
    """Each situation has its exit code, and the report counts the same outcomes."""
    case = CASES[name]
    case.prepare(cloud)
    declare_file(case.connectors, policy=case.policy)

    ended = run("apply", "--format", format, "--settle", "0", *case.arguments)

    assert ended.code == case.code, ended.err
    if case.outcomes:
        assert counted(ended.out, format) == case.outcomes
    assert "Traceback" not in ended.err


def counted(out: str, format: str) -> dict[str, int]:
    """The report's outcomes by their status, zeros left out."""
    if format == "json":
        report = json.loads(out)
        counts = {key: count for key, count in report["outcomes"].items() if count}
        assert sum(counts.values()) == len(report["operations"])
        return counts
    last = out.splitlines()[-1]
    assert last.startswith("Applied: ")
    words = last.removeprefix("Applied: ").rstrip(".").replace(";", ",").split(", ")
    numbers = {" ".join(word.split()[1:]): int(word.split()[0]) for word in words}
    deeds = sum(numbers.pop(deed) for deed in ("created", "updated", "replaced", "deleted"))
    not_synced = numbers.pop("not synced", 0)
    numbers |= {"done": deeds - not_synced, "done, not synced": not_synced}
    return {key: count for key, count in numbers.items() if count}


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.usefixtures("project")
def test_keep_going_applies_what_could_be_planned(
    run: Run, tmp_path: Path, cloud: emulator.Emulator, format: str
) -> None:
    """One project that cannot be listed stops all, unless --keep-going; it is told anyway."""
    other = cloud.add_project(display_name="Store Bergen")
    (tmp_path / "fleet.yaml").write_text(
        f"dcsync: 1\nprojects:\n  oslo: {{id: {PROJECT}}}\n  bergen: {{id: {other}}}\n"
        f"policy: {{prune: all}}\nconnectors:{connectors('a')}\n",
        "utf-8",
    )
    cloud.fail(f"*/{other}/dataconnectors", method="GET", status=403, count=2)

    held = run("apply", "--auto-approve", "--format", format)
    after_held = cloud.connectors(PROJECT)
    went_on = run("apply", "--auto-approve", "--format", format, "--keep-going")

    assert (held.code, went_on.code) == (1, 5)
    assert after_held == []
    assert len(cloud.connectors(PROJECT)) == 1
    assert all("bergen cannot be listed" in each.out for each in (held, went_on))


@pytest.mark.usefixtures("project")
def test_a_failed_sync_is_told_with_the_command_that_repeats_it(
    run: Run, declare_file: DeclareFile, cloud: emulator.Emulator
) -> None:
    """The command is complete, so that it can be pasted; it then succeeds."""
    declare_file(connectors("a", sync_after="[create]"), name="my file.yaml")
    commands = []
    for format in FORMATS:
        cloud.fail("*:sync", status=400)
        ended = run(
            "apply", "--auto-approve", "--format", format, "-f", "my file.yaml", "--allow-deletes=9"
        )
        commands.append(f"dcsync sync {PROJECT}/a -f 'my file.yaml'" in ended.out)
        run("destroy", "--auto-approve", "--allow-deletes", "1", "-f", "my file.yaml")
    run("apply", "--auto-approve", "-f", "my file.yaml")

    repeated = run("sync", f"{PROJECT}/a", "-f", "my file.yaml")

    assert commands == [True, True, True]
    assert repeated.code == 0
    assert repeated.out.splitlines()[-1] == ("Synced: 1; 0 failed, 0 refused, 0 not attempted.")

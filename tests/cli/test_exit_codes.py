"""Every exit code, the same in every format: one row a situation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from dcsync import emulator
from tests.cli.conftest import PROJECT, Run

DeclareFile = Callable[..., Path]
FORMATS = ("text", "json", "markdown")
A = "\n  a: {config: {url: https://a.example.com}}"
TWO = f"{A}\n  b: {{config: {{url: https://b.example.com}}}}"
PUBSUB = "\n  a: {type: GOOGLE_CLOUD_PUBSUB, config: {topic: projects/g/topics/t, audience: x}}"


def http(name: str) -> dict[str, object]:
    return {
        "displayName": name,
        "type": "HTTP_PUSH",
        "httpConfig": {"url": "https://a.example.com"},
    }


@dataclass(frozen=True, slots=True)
class Situation:
    """What is declared and live, which call fails, and how `plan` and `apply` end."""

    connectors: str
    plan: int
    apply: int
    policy: str = "{prune: all}"
    live: tuple[str, ...] = ()
    fault: tuple[str, str, int] | None = None
    plan_options: tuple[str, ...] = ("--detailed-exitcode",)
    apply_options: tuple[str, ...] = ("--auto-approve",)


SITUATIONS = {
    "in sync": Situation(A, 0, 0, live=("a",)),
    "changes": Situation(A, 2, 0),
    "changes, without --detailed-exitcode": Situation(A, 0, 0, plan_options=()),
    "not approved": Situation(A, 2, 3, apply_options=()),
    "a guard": Situation(A, 3, 3, "{prune: all, max_deletes: 0}", ("a", "x")),
    "a guard lifted": Situation(
        A,
        2,
        0,
        "{prune: all, max_deletes: 0}",
        ("a", "x"),
        plan_options=("--detailed-exitcode", "--allow-deletes", "1"),
        apply_options=("--auto-approve", "--allow-deletes", "1"),
    ),
    "blocked, nothing else": Situation(PUBSUB, 3, 3, "{prune: all, protect: [a]}", ("a",)),
    "blocked, others done": Situation(
        f"{PUBSUB}\n  b: {{config: {{url: https://b.example.com}}}}",
        3,
        5,
        "{prune: all, protect: [a]}",
        ("a",),
    ),
    "the listing fails": Situation(A, 1, 1, fault=("GET", "*/dataconnectors", 403)),
    "every write fails": Situation(A, 2, 1, fault=("POST", "*/dataconnectors", 400)),
    "one write fails": Situation(TWO, 2, 5, live=("b",), fault=("POST", "*/dataconnectors", 400)),
    "two of one name": Situation(A, 1, 1, live=("a", "a")),
    "wrong usage": Situation(A, 64, 64, plan_options=("no/such",), apply_options=("no/such",)),
    "a problem in a file": Situation("\n  a: {typo: 1}", 1, 1),
}


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("name", SITUATIONS)
@pytest.mark.usefixtures("project")
def test_the_exit_code_does_not_depend_on_the_format(
    run: Run, declare_file: DeclareFile, cloud: emulator.Emulator, name: str, format_: str
) -> None:
    """`plan` and `apply` end as docs/contract.md section 2 says, whatever they print."""
    situation = SITUATIONS[name]
    declare_file(situation.connectors, situation.policy)
    for live in situation.live:
        cloud.add_connector(PROJECT, http(live))
    if situation.fault:
        method, path, status = situation.fault
        cloud.fail(method=method, path=path, status=status, count=None)

    planned = run("plan", "--format", format_, *situation.plan_options)
    applied = run("apply", "--format", format_, *situation.apply_options)

    assert (planned.code, applied.code) == (situation.plan, situation.apply)

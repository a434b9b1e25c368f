"""`apply --plan FILE_OR_DIGEST`: carry out the plan that was reviewed, or nothing."""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass, fields
from pathlib import Path

from dcsync.errors import CommandLineError, RefusedError
from dcsync.plan import Plan
from dcsync.plan.difference import difference
from dcsync.regular_files import read_text
from dcsync.render import plan_difference, plan_file

DIGEST = re.compile("[0-9a-f]{8,64}")
OWN_OPTIONS = tuple(field.name for field in fields(plan_file.Selection))
"""What a saved plan brings along, and so must not be given beside it."""


@dataclass(frozen=True, slots=True)
class Expected:
    """The plan that was reviewed: its digest, or the first digits, and the plan if it was saved."""

    digest: str
    plan: Plan | None = None

    def require(self, plan: Plan, run: argparse.Namespace) -> None:
        """RefusedError, with what differs or may differ, where `plan` is another one."""
        if plan.digest.startswith(self.digest) or not plan.is_whole:
            return  # what is not whole is never carried out in the place of what was reviewed
        raise RefusedError(
            f"the plan is stale: it was {self.digest[:8]} and is {plan.digest[:8]} now; "
            "nothing is done, review the new plan",
            below=self._differences(plan) if self.plan else _causes(plan, run),
        )

    def _differences(self, plan: Plan) -> list[str]:
        if self.plan is None:
            return []
        if not plan.has_changes:
            return ["there is nothing to do now: it may be applied already"]
        return plan_difference.render_body(difference(self.plan, plan)).split("\n")


def _causes(plan: Plan, run: argparse.Namespace) -> list[str]:
    """What may make another digest of what was reviewed; a digest alone does not tell which."""
    if not plan.has_changes:
        return ["there is nothing to do now: it may be applied already"]
    asked = {
        "-f": " ".join(run.paths or ["."]),
        "addresses": " ".join(run.addresses),
        "--except": " ".join(run.excepted),
        "-p": " ".join(run.projects),
        "--changed-since": run.changed_since,
        "--base": run.base,
    }
    own = ", ".join(f"{name} {value or 'left out'}" for name, value in asked.items())
    return [
        "the files or the cloud may have changed since, or the plan was made with other options;",
        f"this run has {own}",
        "a plan that is saved (plan --out FILE) has its options with it, and shows what differs",
    ]


def expect(arguments: argparse.Namespace) -> Expected | None:
    """What `--plan` expects; a saved plan's selection is put into `arguments`. None without it."""
    if not arguments.plan and _names_a_plan(arguments.addresses):
        arguments.plan, arguments.addresses = arguments.addresses[0], []
    if not arguments.plan:
        return None
    path = Path(arguments.plan)
    if DIGEST.fullmatch(arguments.plan) and not path.exists():
        return Expected(arguments.plan)
    plan, selection = read(path)
    _refuse_own_options(arguments)
    for name in OWN_OPTIONS:
        value = getattr(selection, name)
        setattr(arguments, name, list(value) if isinstance(value, tuple) else value)
    return Expected(plan.digest, plan)


def _names_a_plan(addresses: list[str]) -> bool:
    """`apply FILE`: the one address is a file, and what is in it looks like a plan."""
    path = Path(addresses[0]) if len(addresses) == 1 else None
    try:
        return bool(path and path.is_file() and read_text(path).startswith("{"))
    except OSError:
        return False


def read(path: Path) -> tuple[Plan, plan_file.Selection]:
    """A saved plan. CommandLineError where there is none."""
    try:
        text = read_text(path)
    except FileNotFoundError:
        raise CommandLineError(
            f"{path} is neither a saved plan nor a digest (8 to 64 hex digits)"
        ) from None
    except OSError as error:
        raise CommandLineError(f"{path} is no saved plan: {error.strerror}") from None
    return plan_file.read_plan(text, str(path))


def _refuse_own_options(arguments: argparse.Namespace) -> None:
    if any(getattr(arguments, name) for name in OWN_OPTIONS):
        raise CommandLineError(
            "--plan FILE brings its own files, addresses, base and allowance; leave yours out"
        )

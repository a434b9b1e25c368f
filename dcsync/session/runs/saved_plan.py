"""`apply --plan FILE_OR_DIGEST`: apply the reviewed plan, or nothing."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from dcsync.dataclass import dataclass, replace
from dcsync.errors import CommandLineError, DcsyncError, RefusedError
from dcsync.model import Allowances
from dcsync.options.of_plans import ApplyOptions
from dcsync.options.shared import SelectionOptions
from dcsync.plan import Plan
from dcsync.plan.difference import difference
from dcsync.regular_files import read_text
from dcsync.render.plans import plan_difference, plan_file
from dcsync.render.plans.reverse_file import read_reverse
from dcsync.session.reversal.rolling_back import RollingBack

DIGEST = re.compile("[0-9a-f]{8,64}")
_HEX = re.compile("[0-9a-fA-F]+")


@dataclass(frozen=True, slots=True)
class Expected:
    """The reviewed plan: its digest, or the first digits, and the plan if it was saved.

    `back` is set for a reverse plan, which itself says what may be done.
    """

    digest: str
    plan: Plan | None = None
    back: RollingBack | None = None

    def require(self, plan: Plan, options: ApplyOptions) -> None:
        """RefusedError, with the difference if it is known, if `plan` is not the expected one."""
        if self.back or plan.digest.startswith(self.digest) or not plan.is_whole:
            return  # what is not whole is never carried out in the place of what was reviewed
        raise RefusedError(
            f"the plan is stale: its digest was {self.digest[:8]} and is now {plan.digest[:8]}; "
            "nothing was done, review the new plan",
            below=self._differences(plan) if self.plan else _causes(plan, options),
        )

    def _differences(self, plan: Plan) -> list[str]:
        if self.plan is None:
            return []
        if not plan.has_changes:
            return ["there is nothing to do now: it may have been applied already"]
        return plan_difference.render_body(difference(self.plan, plan)).split("\n")


def _causes(plan: Plan, options: ApplyOptions) -> list[str]:
    """Possible causes of a different digest; a digest alone does not say which."""
    prune = "where `prune` is previous, --base decides what is deleted"
    if not plan.has_changes:
        has_base = options.base or options.base_from
        forgotten = [] if has_base else [f"or it was made with a --base: {prune}"]
        return ["there is nothing to do now: it may have been applied already", *forgotten]
    selection = options.selection
    asked = {
        "-f": " ".join(selection.paths or ["."]),
        "addresses": " ".join(selection.addresses),
        "--except": " ".join(selection.excepted),
        "-p": " ".join(selection.projects),
        "--changed-since": selection.changed_since,
        "--base": options.base,
        "--base-from": options.base_from,
    }
    own = ", ".join(f"{name} {value or 'left out'}" for name, value in asked.items())
    return [
        "the files or the cloud may have changed since, or the plan was made with other options;",
        f"this run has {own}",
        f"{prune}; use the one of the plan",
        "a plan that is saved (plan --out FILE) has its options with it, and shows what differs",
    ]


def expect(options: ApplyOptions) -> tuple[Expected | None, ApplyOptions]:
    """What `--plan` expects, None without it, and the options: those of a saved plan replace ours.

    `plan` is left in them only where the run takes what it declares from that file.
    """
    if not options.plan and _names_a_plan(options.selection.addresses):
        selection = replace(options.selection, addresses=())
        options = replace(options, plan=options.selection.addresses[0], selection=selection)
    if not options.plan:
        return None, options
    path = Path(options.plan)
    if DIGEST.fullmatch(options.plan) and not path.exists():
        return Expected(options.plan), replace(options, plan="")
    if _HEX.fullmatch(options.plan) and not path.exists():
        raise CommandLineError(f"--plan {options.plan}: a digest has 8 to 64 hex digits")
    plan, saved = read(path)
    reverse = read_reverse(read_text(path), str(path), os.environ)
    if reverse is None:
        _refuse_own_options(options)
        return Expected(plan.digest, plan), replace(_as_saved(options, saved), plan="")
    own = options.allowances.allow_frozen  # nobody knew of a freeze when it was saved
    _refuse_own_options(replace(options, allowances=replace(options.allowances, allow_frozen=0)))
    options = _as_saved(options, saved)
    options = replace(
        options,
        allowances=replace(options.allowances, allow_frozen=own),
        execution=replace(options.execution, auto_approve=True),
    )
    return Expected(plan.digest, plan, RollingBack(reverse)), options


def _names_a_plan(addresses: Sequence[str]) -> bool:
    """`apply FILE`: the only address is a file that looks like a plan, or is called like one."""
    path = Path(addresses[0]) if len(addresses) == 1 else Path()
    try:
        return path.suffix == ".json" or (path.is_file() and read_text(path).startswith("{"))
    except OSError:
        return False


def read(path: Path) -> tuple[Plan, plan_file.SavedSelection]:
    """A saved plan. DcsyncError if there is none."""
    try:
        text = read_text(path)
    except OSError as error:
        raise DcsyncError(f"{path}: cannot be read: {error.strerror}") from None
    return plan_file.read_plan(text, str(path))


def _refuse_own_options(options: ApplyOptions) -> None:
    base = options.base or options.base_from
    own = replace(options.selection, shard=None), base, options.allowances
    if own != (SelectionOptions(), "", Allowances()):
        raise CommandLineError(
            "--plan FILE has its own files, addresses, base and allowances; omit yours"
        )


def _as_saved(options: ApplyOptions, saved: plan_file.SavedSelection) -> ApplyOptions:
    return replace(
        options,
        selection=SelectionOptions(
            saved.paths,
            saved.addresses,
            saved.excepted,
            saved.projects,
            saved.changed_since,
            options.selection.shard,
        ),
        base=saved.base,
        allowances=saved.allowances,
    )

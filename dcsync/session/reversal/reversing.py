"""Saves the plan that reverts a run, before the run changes anything."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain, count, groupby
from pathlib import Path
from stat import S_ISREG

from dcsync.dataclass import dataclass, replace
from dcsync.errors import RefusedError
from dcsync.model import Allowances
from dcsync.options.of_plans import ApplyOptions
from dcsync.plan import Blocked, Operation, Plan, digest
from dcsync.plan.costs import FINISHED
from dcsync.plan.narrowing import WHOLE
from dcsync.regular_files import read_text
from dcsync.render.outcomes.rollout import named
from dcsync.render.plans import plan_file
from dcsync.render.plans.reverse_file import reverse_object
from dcsync.render.words import visible
from dcsync.session.files.whole_files import replace as replace_file
from dcsync.session.output.console import Console
from dcsync.session.plans.planning import Planned, Run
from dcsync.session.reversal.composing import Composer
from dcsync.session.reversal.known_references import known_references

_SAVED = re.compile(r"dcsync-reverse-[0-9a-f]{8}(-[0-9]+)?\.json")


@dataclass(frozen=True, slots=True)
class ReversePlan:
    """A saved plan that reverts a run: its file, its content, and what it cannot restore."""

    path: str
    is_named: bool
    text: str
    lost: tuple[str, ...]
    earlier: tuple[str, ...] = ()
    """Files of earlier runs in the working directory, the newest first."""

    @property
    def command(self) -> str:
        return shlex.join(["dcsync", "apply", "--plan", self.path])

    def save(self, console: Console) -> None:
        """OutputError if it cannot be written: then nothing may be changed.

        RefusedError if a file named by the user exists: it may be an earlier reverse plan.
        """
        if self.is_named and Path(self.path).exists():
            raise RefusedError(
                f"nothing was changed: {self.path} exists, and may be the reverse plan of an "
                "earlier run; name another file, or omit --reverse"
            )
        replace_file(Path(self.path), self.text)
        console.note(visible(f"saved: {self.command} reverts this run"))


def reverse_plan(planned: Planned, this: Run, options: ApplyOptions) -> ReversePlan | None:
    """The reverse plan of a plan; None if it is not needed."""
    asked, plan, live = options.rollout, planned.plan, planned.live
    if not plan.has_changes or not (asked.reverse or asked.waves or asked.verify):
        return None
    both = [*filter(None, [this.previous]), this.declarations]
    environ = os.environ
    references = known_references(both, environ)
    policies = {each.project_id: each.policy for found in both for each in found.projects}
    projects = [
        Composer(
            operations[0].project_id,
            operations[0].project_key,
            policies[operations[0].project_id],
            live[operations[0].project_id],
            references,
            environ,
        ).compose(operations)
        for operations in _by_project(plan.operations)
    ]
    reversed_plan = _plan([operation for each in projects for operation in each.operations])
    number = len(reversed_plan.operations)
    allowances = replace(Allowances.all(number), allow_frozen=0)  # a freeze may come later
    selection = plan_file.SavedSelection(paths=options.selection.paths, allowances=allowances)
    text = plan_file.write_plan(
        reversed_plan, selection, reverse_object([each.content for each in projects])
    )
    lost = tuple(_grouped(pair for each in projects for pair in each.lost))
    name = asked.reverse or _free_name(digest(plan.operations, plan.narrowing)[:8], text)
    return ReversePlan(name, bool(asked.reverse), text, lost, _earlier(name))


def _free_name(digits: str, text: str) -> str:
    """Another run may have had the same digest: values of references are not part of it."""
    numbered = (f"dcsync-reverse-{digits}-{number}.json" for number in count(2))
    names = chain([f"dcsync-reverse-{digits}.json"], numbered)
    return next(each for each in names if _is_free(Path(each), text))


def _is_free(path: Path, text: str) -> bool:
    try:
        return read_text(path) == text
    except FileNotFoundError:
        return True
    except OSError:
        return not os.path.lexists(path)


def _earlier(name: str) -> tuple[str, ...]:
    """What earlier runs saved here, the newest first; files that only look alike are omitted."""
    found = []
    for each in Path().glob("dcsync-reverse-*.json"):
        with suppress(OSError):  # removed since it was found
            details = each.lstat()
            if each.name != name and _SAVED.fullmatch(each.name) and S_ISREG(details.st_mode):
                found.append((details.st_mtime_ns, each.name))
    return tuple(name for _, name in sorted(found, reverse=True))


def _grouped(lost: Iterable[tuple[str, str]]) -> Iterator[str]:
    """One line for all connectors that lose the same."""
    found: dict[str, list[str]] = {}
    for subject, what in lost:
        found.setdefault(what, []).append(subject)
    for what, subjects in found.items():
        yield f"{named(subjects)}: {what}"


def _by_project(operations: Iterable[Operation]) -> Iterator[list[Operation]]:
    """The operations that change something, project by project."""
    changing = [
        each
        for each in operations
        if not isinstance(each, Blocked) and FINISHED not in each.warnings
    ]
    for _, group in groupby(changing, lambda each: each.project_id):
        yield list(group)


def _plan(operations: Sequence[Operation]) -> Plan:
    return Plan(
        operations=tuple(operations),
        unchanged=0,
        unmanaged=(),
        guards=(),
        warnings=(),
        problems=(),
        digest=digest(operations, WHOLE),
    )

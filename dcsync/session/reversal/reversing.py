"""Makes and saves the plan that puts back what a run is about to change, before it changes it."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any, assert_never

from dcsync.adopt.names import key_of, unique
from dcsync.adopt.restoring import restorable
from dcsync.declare.canonical.writing import literal
from dcsync.errors import DeclarationError, RefusedError
from dcsync.model import (
    Connector,
    Declarations,
    DeclaredProject,
    FieldPath,
    Policy,
    Secret,
    comparable,
    config_leaves,
    paths_with,
)
from dcsync.model.path import TYPE
from dcsync.options import ApplyOptions
from dcsync.plan import (
    Blocked,
    Change,
    Create,
    Delete,
    Operation,
    Plan,
    Replace,
    Shown,
    Update,
    as_created,
    digest,
)
from dcsync.plan.costs import DELETED, FINISHED, costs
from dcsync.plan.differ import describe
from dcsync.plan.narrowing import WHOLE
from dcsync.plan.normalise import Field, normalise
from dcsync.plan.reverse import (
    CHANGED,
    CREATED_BY_RUN,
    DELETED_BY_RUN,
    Former,
    Made,
    Restored,
    names,
    recreation,
    remaining,
    why_lost,
)
from dcsync.render.outcomes.rollout import named
from dcsync.render.plans import plan_file
from dcsync.render.plans.reverse_file import load_former, reverse_object
from dcsync.render.words import visible
from dcsync.session.files.whole_files import replace as replace_file
from dcsync.session.output.console import Console
from dcsync.session.plans.planning import Planned, Run

REFERENCE = re.compile(r"\$\{env:([A-Za-z_][A-Za-z0-9_]*)(?::-…)?\}")
FILE = re.compile(r"(…?)(\$\{file:/[^}]*\})")
SCHEMES = ("", "Bearer ", "Basic ", "Token ")
"""What may stand in front of a secret and is none: words of HTTP's own."""
SOURCE = "the reverse plan"


@dataclass(frozen=True, slots=True)
class WayBack:
    """A saved plan that puts everything back: its file, its text, and what it cannot restore."""

    path: str
    is_named: bool
    text: str
    lost: tuple[str, ...]

    @property
    def command(self) -> str:
        return shlex.join(["dcsync", "apply", "--plan", self.path])

    def save(self, console: Console) -> None:
        """OutputError where it cannot be written: then nothing may be changed.

        RefusedError where a file that somebody named is there: it may be an earlier way back.
        """
        if self.is_named and Path(self.path).exists():
            raise RefusedError(
                f"nothing was changed: {self.path} is there already, and may be the way back of an "
                "earlier run; name another file, or leave --reverse out"
            )
        replace_file(Path(self.path), self.text)
        console.note(visible(f"saved: {self.command} puts back what was there"))


def way_back(planned: Planned, this: Run, options: ApplyOptions) -> WayBack | None:
    """The way back from a plan that is about to be carried out; None where nobody needs it."""
    asked, plan, live = options.rollout, planned.plan, planned.live
    if not plan.has_changes or not (asked.reverse or asked.waves or asked.verify):
        return None
    both = [*filter(None, [this.previous]), this.declarations]
    environ = os.environ
    references = known_references(both, environ)
    policies = {each.project_id: each.policy for found in both for each in found.projects}
    projects = [
        _Composer(
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
    count = len(reversed_plan.operations)
    selection = plan_file.SavedSelection(
        paths=options.selection.paths,
        allow_deletes=count,
        allow_changes=count,
        allow_active=count,
    )
    text = plan_file.write_plan(
        reversed_plan, selection, reverse_object([each.content for each in projects])
    )
    lost = tuple(_grouped(pair for each in projects for pair in each.lost))
    name = asked.reverse or f"dcsync-reverse-{digest(plan.operations, plan.narrowing)[:8]}.json"
    return WayBack(name, bool(asked.reverse), text, lost)


def known_references(
    declared: Iterable[Declarations], environ: Mapping[str, str]
) -> dict[str, str]:
    """References that the declarations use, by the values that they have now."""
    found: dict[str, str] = {}
    for secret in _secrets(declared):
        for name in REFERENCE.findall(secret.shown):
            if value := environ.get(name):
                found |= {f"{scheme}{value}": f"{scheme}${{env:{name}}}" for scheme in SCHEMES}
        file = FILE.fullmatch(secret.shown)
        if file and secret.known:
            value = secret.reveal()
            fitting = (each for each in SCHEMES if bool(each) == bool(file[1]))
            scheme = next((each for each in fitting if value.startswith(each)), None)
            if scheme is not None:
                found[value] = f"{scheme}{file[2]}"
    return found


def _secrets(declared: Iterable[Declarations]) -> Iterator[Secret]:
    for found in declared:
        for project in found.projects:
            for each in project.connectors:
                leaves = (leaf for _, leaf in config_leaves(each.connector.config))
                yield from (leaf for leaf in leaves if isinstance(leaf, Secret))


def _grouped(lost: Iterable[tuple[str, str]]) -> Iterator[str]:
    """A line for what is lost of many connectors alike."""
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


@dataclass(slots=True)
class Composed:
    """One project's part: what the file holds, what would be done, what cannot be."""

    content: dict[str, Any]
    operations: list[Operation]
    lost: list[tuple[str, str]]


@dataclass(slots=True)
class _Composer:
    """Turns one project's operations round."""

    project_id: str
    project_key: str
    policy: Policy
    live: Sequence[Connector]
    references: Mapping[str, str]
    environ: Mapping[str, str]
    connectors: dict[str, Any] = field(default_factory=dict)
    made: dict[str, Any] = field(default_factory=dict)
    restored: dict[str, Any] = field(default_factory=dict)
    lost: list[tuple[str, str]] = field(default_factory=list)
    """Connectors, by address, and what of them is lost."""
    turned: dict[str, tuple[Change, ...]] = field(default_factory=dict)

    def compose(self, operations: Sequence[Operation]) -> Composed:
        """Everything about the project, in the order in which it is put back."""
        taken = {each.address.rpartition("/")[2] for each in operations if each.address}
        for each in operations:
            key = each.address.rpartition("/")[2]
            if not key:
                key = unique(key_of(each.display_name, "connector"), taken)
                taken.add(key)
            self._turn(each, key)
        if self._why_not(self.connectors):
            self._drop_what_cannot_be_declared()
        content = self._content()
        project, former = load_former(content, SOURCE, self.environ)
        return Composed(content, _operations(former, self.turned, project), self.lost)

    def _turn(self, operation: Operation, key: str) -> None:
        match operation:
            case Create():
                self._make(operation, key)
            case Update():
                self._restore(operation, key, tuple(each.path for each in operation.changes))
            case Replace():
                self._restore(operation, key, None)
                self._make(operation, key)
            case Delete():
                self._restore(operation, key, None)
            case Blocked():
                pass
            case _:
                assert_never(operation)

    def _make(self, operation: Create | Replace, key: str) -> None:
        """A connector that is to go: its name and type tell it, the rest is only compared."""
        shown = _after(operation.changes)
        name, kind = operation.display_name, shown.get(TYPE, "")
        self.made[key] = {"display_name": name, "type": kind, "after": _with_dots(shown)}

    def _restore(self, operation: Operation, key: str, paths: tuple[FieldPath, ...] | None) -> None:
        [live] = [
            each for each in self.live if each.data_connector_id == operation.data_connector_id
        ]
        found = restorable(live, key, self.references)
        lost = [each for each in found.lost if paths is None or _has(paths, each)]
        if live.config and paths is not None:
            for each in paths_with(type(live.config), "kept_when_omitted"):
                if each in paths:
                    _set_default(found.entry, each)
        what = f"{self.project_key}/{key}"
        if paths is None and _is_needed(live, lost):
            self.lost.append((what, "all of it, as no reference stands for part of its endpoint"))
            return
        self.lost += [(what, why_lost(each)) for each in lost]
        self.connectors[key] = found.entry
        self.turned[what] = operation.changes
        self.restored[key] = {
            "paths": None
            if paths is None
            else [str(each) for each in paths if not _has(lost, each)],
            "after": {} if paths is None else _with_dots(_after(operation.changes)),
            "lost": list(map(str, lost)),
        }

    def _drop_what_cannot_be_declared(self) -> None:
        """Some live connectors no declaration can describe: they are named, the others restored."""
        for key, entry in list(self.connectors.items()):
            if why := self._why_not({key: entry}):
                del self.connectors[key], self.restored[key]
                self.lost.append((f"{self.project_key}/{key}", f"all of it: {why}"))

    def _why_not(self, connectors: Mapping[str, Any]) -> str:
        """Why these cannot be declared, or "". Names no value."""
        content = {**self._content(), "connectors": connectors, "restored": {}, "made": {}}
        try:
            load_former(content, SOURCE, self.environ)
        except DeclarationError as error:
            return "; ".join(dict.fromkeys(each.message for each in error.diagnostics))
        return ""

    def _content(self) -> dict[str, Any]:
        policy = self.policy
        return {
            "project_id": self.project_id,
            "project_key": self.project_key,
            "known": sorted(each.data_connector_id for each in self.live),
            "policy": {
                "prune": "none",
                "protect": list(map(literal, policy.protect)),
                "freeze": [literal(each.written) for each in policy.freeze],
                "quota": max(policy.quota, len(self.live) + len(self.made)),
            },
            "connectors": self.connectors,
            "restored": self.restored,
            "made": self.made,
        }


def _after(changes: Iterable[Change]) -> dict[FieldPath, Shown]:
    """What a run sets, as far as it may be shown."""
    return {each.path: each.after for each in changes if not each.sensitive}


def _with_dots(values: Mapping[FieldPath, Shown]) -> dict[str, Shown]:
    return {str(path): value for path, value in values.items()}


def _set_default(entry: dict[str, Any], path: FieldPath) -> None:
    """Set the field to nothing, where the entry leaves it out."""
    *above, last = path
    for each in above:
        entry = entry.setdefault(each, {})
    entry.setdefault(last, "")


def _has(paths: Iterable[FieldPath], path: FieldPath) -> bool:
    return comparable(path) in map(comparable, paths)


def _is_needed(live: Connector, lost: Iterable[FieldPath]) -> bool:
    """Whether a connector cannot be without one of these."""
    required = paths_with(type(live.config), "required") if live.config else ()
    return not set(required).isdisjoint(lost)


def _operations(
    former: Former, turned: Mapping[str, tuple[Change, ...]], project: DeclaredProject
) -> list[Operation]:
    """What putting back would do right after the run, in its order."""
    kept = [each for each in former.restored if each.paths]
    again = [each for each in former.restored if each.paths is None]
    return [
        *(_update(each, turned[each.declared.address], project) for each in kept),
        *(_create(each, project) for each in again),
        *(_delete(each, project) for each in former.made),
    ]


def _update(restored: Restored, changes: Iterable[Change], project: DeclaredProject) -> Update:
    was = normalise(restored.declared.connector)
    inverted = tuple(
        Change(
            each.path, each.after, _reference(was.get(comparable(each.path)), each), each.sensitive
        )
        for each in changes
        if each.path in (restored.paths or ())
    )
    return Update(
        **names(restored.declared, project),
        data_connector_id=restored.declared.connector.data_connector_id,
        reason=CHANGED,
        changes=inverted,
        warnings=(*costs(inverted, restored.declared.connector.type), *remaining(restored)),
    )


def _reference(was: Field | None, change: Change) -> Shown:
    """The old value; for a secret the reference that stands for it."""
    return was.value.shown if was and isinstance(was.value, Secret) else change.before


def _create(restored: Restored, project: DeclaredProject) -> Create:
    return Create(
        **names(restored.declared, project),
        data_connector_id="",
        reason=DELETED_BY_RUN,
        changes=describe(as_created(restored.declared.connector)),
        warnings=recreation(restored),
    )


def _delete(made: Made, project: DeclaredProject) -> Delete:
    changes = tuple(
        Change(path, value, None) for path, value in made.after.items() if value is not None
    )
    return Delete(
        **names(made.declared, project),
        data_connector_id="",
        reason=CREATED_BY_RUN,
        changes=changes,
        warnings=(DELETED,),
    )

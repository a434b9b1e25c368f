"""A saved plan: the plan's JSON with what the run was asked for. Reads and writes texts, no files.

A saved plan is never executed as it is: it is planned again from its selection, and executed only
if the digest is the same. So it needs no secret, and holds none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from dcsync import declare
from dcsync.dataclass import asdict, dataclass, field, fields
from dcsync.errors import DcsyncError, RefusedError
from dcsync.model import Allowances, Diagnostic, Position, Severity, field_path
from dcsync.plan import (
    Blocked,
    Change,
    Create,
    Delete,
    Guard,
    Impact,
    Narrowing,
    Operation,
    Plan,
    Replace,
    Shown,
    Unmanaged,
    Update,
)
from dcsync.render.plans import plan_integrity
from dcsync.render.plans.plan_json import FORMAT_VERSION, plan_object
from dcsync.render.words import json_text

_OPERATIONS: Mapping[str, type[Operation]] = {
    kind.action: kind for kind in (Create, Update, Replace, Delete, Blocked)
}


@dataclass(frozen=True, slots=True)
class SavedSelection:
    """What a run was limited to, as on its command line; revisions are full ids or ""."""

    paths: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    excepted: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    changed_since: str = ""
    base: str = ""
    allowances: Allowances = field(default_factory=Allowances)

    def as_object(self) -> dict[str, Any]:
        """In the JSON, the allowances are beside the others."""
        found = asdict(self)
        del found["allowances"]
        return {**found, **asdict(self.allowances)}


def write_plan(
    plan: Plan, selection: SavedSelection, reverse: Mapping[str, Any] | None = None
) -> str:
    """The text of a saved plan. RefusedError for part of one: nothing could be held to it.

    `reverse` is what a reverse plan has in place of files (render.plans.reverse_file).
    """
    if not plan.is_whole:
        raise RefusedError("the plan is incomplete, so it is not saved")
    names = {"names": dict(plan.names)} if plan.names else {}
    content = {**plan_object(plan), **names, "selection": selection.as_object()}
    if reverse is not None:
        content["reverse"] = reverse
    return f"{json_text(content)}\n"


def read_plan(text: str, name: str) -> tuple[Plan, SavedSelection]:
    """A saved plan and what it was asked for.

    DcsyncError where `name` holds none, RefusedError where it was changed since.
    """
    try:
        content = json.loads(text, object_pairs_hook=_once)
        if content["format_version"] != FORMAT_VERSION or "narrowing" not in content:
            raise DcsyncError(f"{name} was saved by another version of dcsync; plan again")
        if not declare.fits_schema("plan", content):
            raise _no_plan(name)
        plan, selection = _plan(content), _selection(content["selection"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _no_plan(name) from None
    if not plan.digest or plan.problems:
        raise RefusedError(f"{name} holds an incomplete plan; plan again")
    flaws = list(plan_integrity.flaws(plan, content, content["selection"], selection.allowances))
    if flaws:
        raise RefusedError(
            f"{name} was changed after it was saved, and cannot be trusted; plan again",
            below=flaws,
        )
    return plan, selection


def operations_of(content: Mapping[str, Any]) -> tuple[Operation, ...]:
    """The operations in the JSON of a plan or of an apply's report, as they were planned."""
    return tuple(map(_operation, content["operations"]))


def narrowing_of(content: Mapping[str, Any]) -> Narrowing:
    """What the JSON says that the run was asked for."""
    given = content["narrowing"]
    return Narrowing(
        **{key: tuple(given[key]) for key in ("addresses", "excepted", "projects")},
        changed=None if given["changed"] is None else tuple(given["changed"]),
    )


def _no_plan(name: str) -> DcsyncError:
    return DcsyncError(f"{name} is not a saved plan; 'dcsync plan --out {name}' writes one")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of a key that is there twice, other readers may show the other one."""
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a key is given twice")
    return dict(pairs)


def _selection(content: dict[str, Any]) -> SavedSelection:
    lists = ("paths", "addresses", "excepted", "projects")
    return SavedSelection(
        **{key: tuple(content[key]) for key in lists},
        changed_since=content["changed_since"],
        base=content["base"],
        allowances=Allowances(
            **{each.name: content.get(each.name, 0) for each in fields(Allowances)}
        ),
    )


def _plan(content: dict[str, Any]) -> Plan:
    diagnostics = [_diagnostic(each) for each in content["diagnostics"]]
    return Plan(
        operations=operations_of(content),
        unchanged=content["summary"]["unchanged"],
        unmanaged=tuple(Unmanaged(**each) for each in content["unmanaged"]),
        guards=tuple(Guard(**each) for each in content["guards"]),
        warnings=tuple(each for each in diagnostics if each.severity is Severity.WARNING),
        problems=tuple(each for each in diagnostics if each.severity is Severity.ERROR),
        digest=content["digest"] or "",
        narrowing=narrowing_of(content),
        names=content.get("names", {}),
        impacts=_impacts(content["impact"]) if "impact" in content else None,
    )


def _impacts(content: list[dict[str, Any]]) -> tuple[Impact, ...]:
    keys = ("project_id", "data_connector_id", "status", "successes", "failures")
    return tuple(
        Impact(**{key: each[key] for key in keys}, trouble=each["trouble"] or "")
        for each in content
    )


def _operation(content: dict[str, Any]) -> Operation:
    own = {key: content[key] for key in ("wanted", "delete_first") if key in content}
    planned_id = content.get("planned_data_connector_id", content["data_connector_id"])
    return _OPERATIONS[content["action"]](
        address=content["address"] or "",
        project_key=content["project_key"],
        project_id=content["project_id"],
        data_connector_id=planned_id or "",
        display_name=content["display_name"],
        reason=content["reason"],
        source=_position(content["source"]),
        changes=tuple(map(_change, content["changes"])),
        warnings=tuple(content["warnings"]),
        **own,
    )


def _change(content: dict[str, Any]) -> Change:
    return Change(
        field_path(content["path"]),
        _shown(content["before"]),
        _shown(content["after"]),
        content["sensitive"],
    )


def _shown(value: str | float | list[str] | None) -> Shown:
    return tuple(value) if isinstance(value, list) else value


def _position(content: dict[str, Any] | None) -> Position | None:
    return Position(**content) if content else None


def _diagnostic(content: dict[str, Any]) -> Diagnostic:
    return Diagnostic(
        Severity(content["severity"]), content["message"], _position(content["source"])
    )

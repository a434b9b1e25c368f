"""Whether a saved plan says what its digest stands for. Pure.

The digest covers the operations and the narrowing. What else is shown is either computed from them
and compared here, or must fit them; only places, reasons and remarks have to be believed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dcsync.model import Allowances
from dcsync.plan import (
    Blocked,
    Create,
    Delete,
    Operation,
    Plan,
    Replace,
    Update,
    digest,
)
from dcsync.plan.costs import DELETED, REPLACED, costs
from dcsync.plan.guards import unfounded
from dcsync.plan.narrowing import Narrowing
from dcsync.render.plans.plan_json import summary_object

ANY_TYPE = ""
"""An update does not name its type, so only what it costs with every type is expected."""


def misfit(found: Sequence[Operation], narrowing: Narrowing, claimed: str) -> str:
    """How operations differ from the digest claimed in a file; "" if they match."""
    computed = digest(found, narrowing)
    if computed == claimed:
        return ""
    return (
        f"its digest is {claimed[:8]}, but that of its operations and narrowing is {computed[:8]}"
    )


def flaws(
    plan: Plan, content: Mapping[str, Any], selection: Mapping[str, Any], allowances: Allowances
) -> Iterator[str]:
    """What was changed in a saved plan after it was made; empty if nothing was."""
    differing = misfit(plan.operations, plan.narrowing, plan.digest)
    if differing:
        yield differing
    if content["summary"] != summary_object(plan):
        yield "its summary does not count its operations"
    yield from _of_selection(plan.narrowing, selection)
    yield from _of_projects(plan)
    for operation in plan.operations:
        if not _names_its_costs(operation):
            yield f"it does not say what {operation.address or operation.display_name} costs"
    if any(unfounded(each, plan.operations, allowances) for each in plan.guards):
        yield "its guards do not fit its allowance"


def _of_selection(narrowing: Narrowing, selection: Mapping[str, Any]) -> Iterator[str]:
    for name in ("addresses", "excepted", "projects"):
        if tuple(selection[name]) != getattr(narrowing, name):
            yield f"the {name} of its selection are not those of its narrowing"
    if bool(selection["changed_since"]) != (narrowing.changed is not None):
        yield "the revision of its selection does not fit its narrowing"


def _of_projects(plan: Plan) -> Iterator[str]:
    """An id must not pass under the name of another project."""
    pairs = {(each.project_key, each.project_id) for each in (*plan.operations, *plan.unmanaged)}
    for names in zip(*pairs, strict=True):
        if len(set(names)) < len(pairs):
            yield "it gives a project two names, or two projects one"
    for each in plan.operations:
        if each.address and each.address.partition("/")[0] != each.project_key:
            yield f"{each.address} is said to be of project {each.project_key}"


def _names_its_costs(operation: Operation) -> bool:
    match operation:
        case Delete():
            expected = {DELETED}
        case Replace():
            expected = {REPLACED}
        case Update():
            expected = set(costs(operation.changes, ANY_TYPE))
        case Create() | Blocked():
            expected = set()
    return expected <= set(operation.warnings)

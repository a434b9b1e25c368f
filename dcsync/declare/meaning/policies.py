"""Reads each project's policy, which must be given exactly once."""

from __future__ import annotations

from typing import TypeVar

from dcsync.declare.declaration import Declaration
from dcsync.declare.meaning.conflicts import places
from dcsync.declare.meaning.fields import Fields
from dcsync.declare.meaning.freezing import InvalidWindow, window
from dcsync.declare.meaning.targets import ProjectTarget, TargetedProject
from dcsync.declare.problems import Problems
from dcsync.declare.references.resolving import ReferenceScope, Resolver
from dcsync.declare.strict_yaml.blocks import Block
from dcsync.model import FreezeWindow, Policy, Position, Prune

FALLBACK_POLICY = Policy(Prune.NONE)


def policy_of(project: TargetedProject, resolver: Resolver, problems: Problems) -> Policy:
    """The policy; FALLBACK_POLICY if there is none, more than one or an invalid one."""
    targets = _with_policy(project)
    if not targets:
        problems.error(
            f"project '{project.key}' has no policy: add 'policy: {{prune: none}}' (or previous, "
            "or all) to one of its files; deletion has no default",
            project.position,
        )
        return FALLBACK_POLICY
    if len(targets) > 1:
        where = [each.declaration.position(["policy"], of_key=True) for each in targets]
        problems.error(
            f"a project has exactly one policy, but here are {len(where)}: {places(where)}",
            where[-1],
        )
    policy = _read(targets[0], project, resolver, problems)
    if any(each.discovered for each in project.targets):
        refuse_prune_all(targets[0].declaration, problems)
    return policy


def refuse_prune_all(declaration: Declaration, problems: Problems) -> None:
    """For discovered projects: what a listing happens to return must not cause deletions."""
    policy = declaration.block.get("policy")
    if isinstance(policy, Block) and policy.get("prune") == Prune.ALL:
        problems.error(
            "'prune: all' is not allowed for projects that 'discover' finds: use previous or none",
            declaration.position(["policy", "prune"]),
        )


def _with_policy(project: TargetedProject) -> list[ProjectTarget]:
    """One target per declaration that gives the project's policy."""
    giving = {
        id(target.declaration): target
        for target in project.targets
        if "policy" in target.declaration.block
    }
    return list(giving.values())


def _read(
    target: ProjectTarget, project: TargetedProject, resolver: Resolver, problems: Problems
) -> Policy:
    block = target.declaration.block["policy"]
    if not isinstance(block, Block):
        return FALLBACK_POLICY
    scope = ReferenceScope(target.declaration, target.variables, project.project_id, project.key)
    fields = Fields(block, target.declaration.start, scope, resolver, problems)
    return Policy(
        prune=Prune(fields.value("prune") or Prune.NONE),
        protect=fields.names("protect"),
        max_deletes=_number(fields, "max_deletes", FALLBACK_POLICY.max_deletes),
        max_changes=_number(fields, "max_changes", FALLBACK_POLICY.max_changes),
        freeze=_windows(fields),
        quota=_number(fields, "quota", FALLBACK_POLICY.quota),
        protect_active=fields.value("protect_active") is True,
    )


N = TypeVar("N", int, int | None)


def _number(fields: Fields, key: str, default: N) -> int | N:
    value = fields.value(key)
    return default if value is None else int(value)


def _windows(fields: Fields) -> tuple[FreezeWindow, ...]:
    return tuple(
        found
        for written, position in fields.placed_names("freeze")
        if (found := _window(written, position, fields))
    )


def _window(written: str, position: Position, fields: Fields) -> FreezeWindow | None:
    if fields.resolver.is_unresolved(written):
        return None
    try:
        return window(written)
    except InvalidWindow as error:
        fields.problems.error(f"a window of 'freeze' {error}", position)
        return None

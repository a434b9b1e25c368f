"""Formats a Plan as outputs of a GitHub Actions step. Returns strings, prints nothing."""

from __future__ import annotations

from dcsync.plan import Plan
from dcsync.render.words import Visible, lines, visible

COUNTED = ("create", "update", "replace", "delete", "blocked")


def render_plan(plan: Plan) -> Visible:
    """`name=value` lines: whether there are changes, the counts, the digest of a whole plan."""
    outputs = {
        "has-changes": str(plan.has_changes).lower(),
        **{action: plan.count(action) for action in COUNTED},
        "unchanged": plan.unchanged,
        "unmanaged": len(plan.unmanaged),
        "complete": str(plan.is_whole).lower(),
        "digest": plan.digest,
    }
    return lines(visible(f"{name}={value}") for name, value in outputs.items())

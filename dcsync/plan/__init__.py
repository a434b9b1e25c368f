"""PURE: turns declared and live connectors into a Plan. No I/O, no clock, no environment, no
threads.

`make` does all of it: match → diff → prune → protect → narrow → make room → order → guard.
"""

from dcsync.plan.differ import as_created, as_replacement, compare, is_left_to_others
from dcsync.plan.digest import digest
from dcsync.plan.make import make
from dcsync.plan.narrowing import Narrowing
from dcsync.plan.operations import (
    Blocked,
    Change,
    Create,
    Delete,
    Guard,
    Impact,
    Operation,
    Plan,
    Replace,
    Shown,
    Unmanaged,
    Update,
)
from dcsync.plan.previous import PlannedProject, join, planned_projects
from dcsync.plan.retirement import retired

__all__ = [
    "Blocked",
    "Change",
    "Create",
    "Delete",
    "Guard",
    "Impact",
    "Narrowing",
    "Operation",
    "Plan",
    "PlannedProject",
    "Replace",
    "Shown",
    "Unmanaged",
    "Update",
    "as_created",
    "as_replacement",
    "compare",
    "digest",
    "is_left_to_others",
    "join",
    "make",
    "planned_projects",
    "retired",
]

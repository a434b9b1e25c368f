"""Which commands an account may carry out in a project, by the permissions that it has. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from dcsync.plan import Blocked, Operation

READ, CREATE, UPDATE, DELETE = (
    f"dataconnector.{each}" for each in ("read", "create", "update", "delete")
)
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "plan": (READ,),
    "apply": (READ, CREATE, UPDATE, DELETE),
    "verify": (READ, "device.read"),
    "import": (READ,),
}
"""What each takes (docs/api.md section 2.3)."""
_NEEDS: Mapping[str, tuple[str, ...]] = {
    "create": (CREATE,),
    "update": (UPDATE,),
    "replace": (UPDATE, CREATE, DELETE),
    "delete": (DELETE,),
}


def possible(held: Collection[str]) -> tuple[str, ...]:
    """The commands that nothing is missing for."""
    return tuple(name for name, needed in COMMANDS.items() if not missing(needed, held))


def missing(needed: Iterable[str], held: Collection[str]) -> tuple[str, ...]:
    """What is needed and not held, each once."""
    return tuple(dict.fromkeys(each for each in needed if each not in held))


def needed_for(operations: Iterable[Operation]) -> dict[str, tuple[str, ...]]:
    """What the operations of each project take, by its id; blocked ones take nothing."""
    found: dict[str, dict[str, None]] = {}
    for each in operations:
        if not isinstance(each, Blocked):
            needed = found.setdefault(each.project_id, {})
            needed.update(dict.fromkeys(_NEEDS[each.action]))
    return {project_id: tuple(needed) for project_id, needed in found.items()}

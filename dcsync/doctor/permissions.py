"""Which commands the permissions in a project allow. Pure."""

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
"""The permissions that each command needs (docs/api.md section 2.3)."""
_NEEDS: Mapping[str, tuple[str, ...]] = {
    "create": (CREATE,),
    "update": (UPDATE,),
    "replace": (UPDATE, CREATE, DELETE),
    "delete": (DELETE,),
}


def possible(held: Collection[str]) -> tuple[str, ...]:
    """The commands that the held permissions allow."""
    return tuple(name for name, needed in COMMANDS.items() if not missing(needed, held))


def missing(needed: Iterable[str], held: Collection[str]) -> tuple[str, ...]:
    """The needed permissions that are not held, each once."""
    return tuple(dict.fromkeys(each for each in needed if each not in held))


def needed_for(operations: Iterable[Operation]) -> dict[str, tuple[str, ...]]:
    """The permissions that the operations need, by project id; blocked ones need none."""
    found: dict[str, dict[str, None]] = {}
    for each in operations:
        if not isinstance(each, Blocked):
            needed = found.setdefault(each.project_id, {})
            needed.update(dict.fromkeys(_NEEDS[each.action]))
    return {project_id: tuple(needed) for project_id, needed in found.items()}

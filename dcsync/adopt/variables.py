"""The variables that stand for the secrets of imported connectors."""

from __future__ import annotations

from dcsync.adopt.names import unique, variable_name
from dcsync.dataclass import dataclass, field, replace
from dcsync.declare.canonical.writing import literal
from dcsync.model import Secret


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable to set: its value, and the field that it is for (`FILE: key.config.url`)."""

    name: str
    value: Secret
    field: str


@dataclass(slots=True)
class Variables:
    """Hands out references, and keeps what they stand for."""

    found: dict[str, Variable] = field(default_factory=dict)

    def reference(self, words: tuple[str, ...], value: str, place: str) -> str:
        """`${env:NAME}` for a secret; the name is made of `words`."""
        name = unique(variable_name(*words), self.found, "_")
        self.found[name] = Variable(name, Secret(value, f"${{env:{name}}}"), place)
        return f"${{env:{name}}}"

    def plain(self, text: str) -> str:
        """What is shown as it is, as it is written in a declaration."""
        return literal(text)

    def in_file(self, file: str) -> tuple[Variable, ...]:
        """All of them, their fields named with the file that they are in."""
        return tuple(replace(each, field=f"{file}: {each.field}") for each in self.found.values())

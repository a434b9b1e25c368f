"""Divides a plan into waves of projects. Pure.

Projects keep their order, which is that of the files, so the author of the fleet chooses which
comes first. Sizes count projects that need a change, so a resumed run starts with a small wave
again.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import groupby

from dcsync.dataclass import dataclass
from dcsync.errors import CommandLineError
from dcsync.plan import Blocked, Operation


@dataclass(frozen=True, slots=True)
class Wave:
    """Projects that are applied concurrently, with all their operations; counted from 1."""

    number: int
    operations: tuple[Operation, ...]

    @property
    def projects(self) -> dict[str, str]:
        """The keys of its projects by id."""
        return {each.project_id: each.project_key for each in self.operations}


@dataclass(frozen=True, slots=True)
class Waves:
    """A divided plan; `blocked` are projects in which nothing can be done, so in no wave."""

    waves: tuple[Wave, ...]
    blocked: tuple[Operation, ...]


def divide(operations: Iterable[Operation], sizes: Sequence[str]) -> Waves:
    """The waves up to each size (`1`, `10%`: that many projects in total), without empty ones.
    CommandLineError if they end before the last project."""
    projects = [tuple(each) for _, each in groupby(operations, lambda each: each.project_id)]
    changing = [each for each in projects if not _is_blocked(each)]
    waves: list[Wave] = []
    begin = 0
    for size in sizes:
        end = min(_reach(size, len(changing)), len(changing))
        if end > begin:
            wave = tuple(operation for each in changing[begin:end] for operation in each)
            waves.append(Wave(len(waves) + 1, wave))
            begin = end
    if begin < len(changing):
        raise CommandLineError(
            f"--waves {','.join(sizes)}: ends after {begin} of {len(changing)} projects that need "
            "a change; end with 100%"
        )
    return Waves(tuple(waves), tuple(each for of in projects if _is_blocked(of) for each in of))


def _is_blocked(operations: Sequence[Operation]) -> bool:
    return all(isinstance(each, Blocked) for each in operations)


def _reach(size: str, total: int) -> int:
    """How many projects are applied up to a wave of this size, rounded up."""
    if size.endswith("%"):
        return math.ceil(total * float(size.removesuffix("%")) / 100 - 1e-9)
    return int(size)

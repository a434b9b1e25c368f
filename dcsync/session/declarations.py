"""Which files a command is about, and what its run is narrowed to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from dcsync.errors import CommandLineError
from dcsync.model import Declarations
from dcsync.options import Selection
from dcsync.plan import Narrowing, join
from dcsync.plan.narrowing import NO_PROJECT, shard


def narrow(
    selection: Selection,
    declarations: Declarations,
    previous: Declarations | None = None,
) -> Narrowing:
    """What the command line narrows the run to. CommandLineError where a pattern fits nothing.

    A shard becomes the ids of its projects.
    """
    narrowing = Narrowing(selection.addresses, selection.excepted, selection.projects)
    unknown = narrowing.unknown(each.declared for each in join(declarations, previous))
    if unknown:
        raise CommandLineError(f"nothing is declared at {', '.join(unknown)}")
    if selection.shard:
        everything = [each.declared for each in join(declarations, previous)]
        chosen = shard(everything, *selection.shard)
        ids = tuple(each.project_id for each in chosen if narrowing.takes_project(each))
        return replace(narrowing, projects=ids or (NO_PROJECT,))
    return narrowing


def paths_of(paths: Sequence[str]) -> list[Path]:
    """The files and folders that `-f` names."""
    return [Path(path) for path in paths or ["."]]

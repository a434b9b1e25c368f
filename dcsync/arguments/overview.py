"""The overview that `dcsync` and `dcsync --help` print: the commands by task."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

TASKS: Mapping[str, tuple[str, ...]] = {
    "begin": ("init", "import", "projects", "doctor"),
    "change connectors": ("validate", "fmt", "plan", "apply", "destroy", "show", "drift"),
    "verify that events arrive": ("status", "watch", "verify", "sync", "backfill"),
    "try it on this machine": ("emulator", "receive"),
    "scripts, editors and shells": ("report", "schema", "completion"),
}
"""Each command once, in the usual order."""


def overview(summaries: Mapping[str, str]) -> str:
    """A paragraph a task; a command that has none is below the last."""
    placed = {name for names in TASKS.values() for name in names}
    others = tuple(name for name in summaries if name not in placed)
    tasks = {**TASKS, **({"more": others} if others else {})}
    return "\n\n".join("\n".join(_task(*each, summaries)) for each in tasks.items())


def _task(title: str, names: tuple[str, ...], summaries: Mapping[str, str]) -> Iterator[str]:
    yield f"{title}:"
    yield from (f"  {name:12}{summaries[name]}" for name in names if name in summaries)

"""What the options of `watch` and `verify` filter events by."""

from __future__ import annotations

from dcsync.dataclass import replace
from dcsync.errors import CommandLineError
from dcsync.model import DEVICE_TYPES, EVENT_TYPES, Declarations, DeclaredProject
from dcsync.options.shared import EventFilterOptions
from dcsync.plan import Narrowing
from dcsync.watch.filters import EventFilter, Interest, interest_of
from dcsync.watch.moments import since


def interests_of(
    options: EventFilterOptions, declarations: Declarations, narrowing: Narrowing
) -> dict[str, tuple[Interest, ...]]:
    """The selected connectors as filters, by project id. CommandLineError if they take no event."""
    event_filter = event_filter_of(options)
    chosen = {
        project.project_id: [interest_of(declared, event_filter) for declared in project.connectors]
        for project in chosen_projects(declarations, narrowing)
    }
    open_ones = {
        project_id: tuple(each for each in interests if not each.is_empty)
        for project_id, interests in chosen.items()
    }
    if chosen and not any(open_ones.values()):
        raise CommandLineError("the declared connectors take none of the selected events")
    return {project_id: interests for project_id, interests in open_ones.items() if interests}


def chosen_projects(
    declarations: Declarations, narrowing: Narrowing
) -> tuple[DeclaredProject, ...]:
    """The projects with their selected connectors."""
    return tuple(
        replace(project, connectors=connectors)
        for project in declarations.projects
        if narrowing.takes_project(project)
        and (connectors := tuple(c for c in project.connectors if narrowing.takes(c.address)))
    )


def event_filter_of(options: EventFilterOptions) -> EventFilter:
    """The filter options as a value."""
    return EventFilter(
        labels=tuple(_label(text) for text in options.labels),
        event_types=frozenset(options.event_types),
        device_types=frozenset(options.device_types),
        device_ids=frozenset(options.device_ids),
        all_devices=options.all_devices,
    )


def unknown_types(options: EventFilterOptions) -> list[str]:
    """A note for each unknown type of event or device; a newer API may have it."""
    kinds = (
        ("event", options.event_types, EVENT_TYPES),
        ("device", options.device_types, DEVICE_TYPES),
    )
    return [
        f"{name!r} is not a known {noun} type; known types are {', '.join(known)}"
        for noun, names, known in kinds
        for name in names
        if name not in known
    ]


def since_of(text: str | None, now_s: float, option: str = "--since") -> float | None:
    """The time of an option; CommandLineError if it is invalid or in the future."""
    if text is None:
        return None
    moment_s = since(text, now_s)
    if moment_s is None or moment_s > now_s:
        raise CommandLineError(
            f"{option}: {text!r} is not a time in the past; "
            "write 2026-03-01T12:00:00Z, or 15m for 15 minutes ago"
        )
    return moment_s


def _label(text: str) -> tuple[str, str | None]:
    key, equals, value = text.partition("=")
    if not key:
        raise CommandLineError(f"--label: {text!r} has no key; write KEY or KEY=VALUE")
    return key, value if equals else None

"""What the options of `watch` and `verify` narrow the events to."""

from __future__ import annotations

from dataclasses import replace

from dcsync.errors import CommandLineError
from dcsync.model import DEVICE_TYPES, EVENT_TYPES, Declarations, DeclaredProject
from dcsync.options import Wishes
from dcsync.plan import Narrowing
from dcsync.watch import Interest, Wish, interest_of
from dcsync.watch.moments import since


def interests_of(
    wishes: Wishes, declarations: Declarations, narrowing: Narrowing
) -> dict[str, tuple[Interest, ...]]:
    """The chosen connectors as filters, by project id. CommandLineError if they take no event."""
    wish = wish_of(wishes)
    chosen = {
        project.project_id: [interest_of(declared, wish) for declared in project.connectors]
        for project in chosen_projects(declarations, narrowing)
    }
    open_ones = {
        project_id: tuple(each for each in interests if not each.is_empty)
        for project_id, interests in chosen.items()
    }
    if chosen and not any(open_ones.values()):
        raise CommandLineError(
            "the declared connectors take none of the events that the options ask for"
        )
    return {project_id: interests for project_id, interests in open_ones.items() if interests}


def chosen_projects(
    declarations: Declarations, narrowing: Narrowing
) -> tuple[DeclaredProject, ...]:
    """The projects with those connectors that the run is about."""
    return tuple(
        replace(project, connectors=connectors)
        for project in declarations.projects
        if narrowing.takes_project(project)
        and (connectors := tuple(c for c in project.connectors if narrowing.takes(c.address)))
    )


def wish_of(wishes: Wishes) -> Wish:
    """The narrowing options as a value."""
    return Wish(
        labels=tuple(_label(text) for text in wishes.labels),
        event_types=frozenset(wishes.event_types),
        device_types=frozenset(wishes.device_types),
        device_ids=frozenset(wishes.device_ids),
        all_devices=wishes.all_devices,
    )


def unknown_words(wishes: Wishes) -> list[str]:
    """A note for each type of event or device that dcsync does not know; the cloud may."""
    kinds = (
        ("event", wishes.event_types, EVENT_TYPES),
        ("device", wishes.device_types, DEVICE_TYPES),
    )
    return [
        f"{word!r} is no {noun} type that dcsync knows; known are {', '.join(known)}"
        for noun, words, known in kinds
        for word in words
        if word not in known
    ]


def since_of(text: str | None, now_s: float, option: str = "--since") -> float | None:
    """The moment of an option; CommandLineError for what is none, or has not come yet."""
    if text is None:
        return None
    moment_s = since(text, now_s)
    if moment_s is None or moment_s > now_s:
        raise CommandLineError(
            f"{option}: {text!r} is no past time; "
            "write 2026-03-01T12:00:00Z, or 15m for so long ago"
        )
    return moment_s


def _label(text: str) -> tuple[str, str | None]:
    key, equals, value = text.partition("=")
    if not key:
        raise CommandLineError(f"--label: {text!r} has no key; write KEY or KEY=VALUE")
    return key, value if equals else None

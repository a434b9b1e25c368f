"""`dcsync watch`: the events of the declared connectors' devices, until stopped."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from functools import cache

from dcsync.cloud import Reader
from dcsync.cloud.clock import Clock
from dcsync.dataclass import replace
from dcsync.formats import Format
from dcsync.masked import masked_url
from dcsync.options.of_events import WatchOptions
from dcsync.render.naming import designated
from dcsync.render.watching import flaws, summary
from dcsync.render.words import visible
from dcsync.session.connection import connect
from dcsync.session.events.event_filters import interests_of, since_of, unknown_types
from dcsync.session.events.forwarding import Forwarder, forwarder_of
from dcsync.session.events.outlet import Printer
from dcsync.session.events.resuming import resuming
from dcsync.session.events.screen import Screen
from dcsync.session.output.console import Console
from dcsync.session.plans.planning import narrow_run
from dcsync.session.result import Result
from dcsync.session.selection.declarations import load_unresolved
from dcsync.session.selection.directory import Directory
from dcsync.session.signals.termination import ending
from dcsync.watch.merge import Watched, watching
from dcsync.watch.tally import Tally


def run(options: WatchOptions, console: Console) -> Result:
    """Load, narrow, follow every project, print each event as it comes, sum up."""
    begun_s = time.monotonic()
    reader = cache(lambda: Reader(connect(options.cloud, console)))
    directory = Directory(reader)
    declarations = load_unresolved(options.selection.paths, console, directory)
    narrowing, _ = narrow_run(options.selection, declarations, None, directory)
    # The cloud delivers the events of all devices: labels are only forwarded.
    event_filter = (
        replace(options.event_filter, all_devices=True)
        if options.forward_to
        else options.event_filter
    )
    interests = interests_of(event_filter, declarations, narrowing)
    for note in unknown_types(options.event_filter):
        console.note(visible(note))
    since_s = since_of(options.since, time.time())
    names = directory.names_of(interests) if options.format is Format.TEXT else {}
    keys = {
        project.project_id: designated(
            project.key, {project.key: names.get(project.project_id, "")}
        )
        for project in declarations.projects
    }
    end_s = None if options.duration is None else begun_s + options.duration
    if not interests:
        console.note(visible("no connector is declared here: there is nothing to watch"))
    api = masked_url(reader().api_url) if options.resume else ""
    with resuming(options.resume, api, console) as resume:
        starts = resume.starts(interests, since_s) if resume else {}
        forwarder = (
            forwarder_of(options, console, reader, interests, keys, end_s, resume)
            if options.forward_to
            else None
        )
        outlet = forwarder or Printer(options.format, console, interests, keys, resume)
        screen = Screen(options.count, console, interests, keys, outlet, resume)
        with watching(reader(), interests, Clock(), since_s, starts) as watched:
            _show(screen, watched, end_s, forwarder)
        seconds = time.monotonic() - begun_s
        return _result(screen.tally, options, console, keys, seconds, forwarder)


def _show(
    screen: Screen, watched: Watched, end_s: float | None, forwarder: Forwarder | None
) -> None:
    """All that happens, up to a whole end, or to a second signal."""

    def end() -> None:
        watched.interrupt()
        if forwarder:
            forwarder.hurry()

    with suppress(KeyboardInterrupt), ending(end):
        screen.show(watched, end_s)
        screen.finish(watched)
        if forwarder:
            forwarder.finish()
    screen.give_up(watched)


def _result(
    tally: Tally,
    options: WatchOptions,
    console: Console,
    keys: Mapping[str, str],
    seconds: float,
    forwarder: Forwarder | None,
) -> Result:
    """Last words, and what they come to."""
    if not console.is_cut:
        console.note(summary(tally, seconds))
    is_delivered = forwarder is None or forwarder.account()
    for flaw in flaws(tally, keys):
        console.problem(flaw)
    too_few = options.count is not None and tally.events < options.count
    return Result(
        failed=tally.is_nothing_watched,
        missed=tally.is_incomplete
        or not is_delivered
        or (too_few and options.duration is not None),
    )

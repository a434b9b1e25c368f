"""The steps of `backfill`: selection, preview, approval, execution."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import assert_never

from dcsync.backfill import (
    RETENTION_S,
    BackfillOutcome,
    Counting,
    Estimate,
    Job,
    Ledger,
    Runner,
    Span,
)
from dcsync.cloud import Reader
from dcsync.cloud.clock import Clock
from dcsync.dataclass import dataclass
from dcsync.deliver import Persistence, Report, Target, target_of
from dcsync.deliver.post import Poster
from dcsync.errors import CommandLineError, ConfigurationError, OutputError, RefusedError
from dcsync.formats import Format
from dcsync.model import Declared
from dcsync.options.of_events import BackfillOptions
from dcsync.render import backfill as texts
from dcsync.render.words import Visible, block, counted, lines, visible
from dcsync.session.events.endpoints import poster_of, resolved
from dcsync.session.events.event_filters import chosen_projects, since_of
from dcsync.session.output.console import Console
from dcsync.session.output.progress import Progress
from dcsync.session.plans.planning import narrow_run
from dcsync.session.result import Result
from dcsync.session.selection.declarations import load_unresolved
from dcsync.session.selection.directory import Directory
from dcsync.session.signals.stopping import Interruption
from dcsync.watch.devices import device_of

ATTEMPTS = 6
"""Attempts per delivery, over 15 seconds, before the backfill of its connector stops."""
TOLERANCE_S = 3600.0
QUESTION = block("\nDo you want to deliver these events? Only 'yes' will be accepted to approve:")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The connectors selected on the command line, in file order."""

    connectors: Mapping[str, Declared]
    targets: dict[str, Target]

    @property
    def urls(self) -> dict[str, str]:
        """Each endpoint as it may be shown."""
        return {address: target.shown for address, target in self.targets.items()}


def choose(options: BackfillOptions, console: Console, reader_of: Callable[[], Reader]) -> Chosen:
    """The selected connectors with their secrets. RefusedError for a type without an endpoint."""
    directory = Directory(reader_of)
    declarations = load_unresolved(options.selection.paths, console, directory)
    narrowing, _ = narrow_run(options.selection, declarations, None, directory)
    addresses = [
        each.address
        for project in chosen_projects(declarations, narrowing)
        for each in project.connectors
    ]
    if not addresses:
        raise CommandLineError("no declared connector to deliver for")
    found = resolved(options.selection.paths, reader_of, addresses)
    connectors = {address: found[address] for address in addresses if address in found}
    targets = {address: _target(each, options) for address, each in connectors.items()}
    for address, target in targets.items():
        if not target.secret:
            console.note(visible(f"{address}: no signature_secret is declared: not signed"))
    return Chosen(connectors, targets)


def span_of(options: BackfillOptions, now_s: float) -> Span:
    """CommandLineError for times that the history does not reach, or an empty span."""
    since_s = since_of(options.since, now_s) or 0.0
    until_s = since_of(options.until, now_s, "--until") or now_s
    if since_s < now_s - RETENTION_S - TOLERANCE_S:
        raise CommandLineError("--since: the history goes back 31 days; 31d is the maximum")
    if since_s >= until_s:
        why = "--until: must be after --since" if options.until else "--since: must be before now"
        raise CommandLineError(why)
    return Span(options.since, options.until or "", since_s, until_s)


def ledger_of(options: BackfillOptions, span: Span, chosen: Chosen) -> Ledger:
    """The resume file, or a ledger in memory for this run only."""
    if not options.resume:
        return Ledger(span)
    return Ledger.of(Path(options.resume), span, chosen.urls)


def jobs_of(chosen: Chosen, reader: Reader) -> list[Job]:
    """Each connector with its project's devices, which are listed once per project."""
    listings = {
        project_id: tuple(map(device_of, reader.list_devices(project_id)))
        for project_id in dict.fromkeys(
            each.connector.project_id for each in chosen.connectors.values()
        )
    }
    return [
        Job(
            address,
            chosen.urls[address],
            each.connector.project_id,
            tuple(each.connector.event_types),
            tuple(each.connector.labels),
            listings[each.connector.project_id],
        )
        for address, each in chosen.connectors.items()
    ]


def reason_not_to(
    preview: Visible, estimates: Sequence[Estimate], options: BackfillOptions, console: Console
) -> str:
    """Why nothing may be delivered, or "". Shows a preview and asks for approval."""
    is_approved = options.dry_run or options.auto_approve or not _has_anything(estimates)
    if options.format is Format.TEXT:
        console.result(preview)
    elif is_approved:
        console.note(preview)
    else:
        console.problem(preview)
    if is_approved or console.ask(QUESTION):
        return ""
    return "not approved: type yes, or run with --auto-approve"


class Backfill:
    """Backfills one connector after another, and reports."""

    def __init__(
        self,
        options: BackfillOptions,
        progress: Progress,
        reader: Reader,
        chosen: Chosen,
        ledger: Ledger,
    ) -> None:
        self._options, self._progress, self._reader = options, progress, reader
        self._chosen, self._ledger = chosen, ledger
        self._lock = threading.Lock()

    def refuse(self, jobs: Sequence[Job], reason: str) -> Result:
        """The report of a run that was not started."""
        self._progress.console.problem(visible(f"dcsync: nothing was delivered: {reason}"))
        if self._options.format is Format.JSON:
            waiting = [BackfillOutcome(each.address, each.url, len(each.devices)) for each in jobs]
            self._report(waiting, reason)
        return Result(refused=True)

    def carry_out(
        self, jobs: Sequence[Job], estimates: Sequence[Estimate], interruption: Interruption
    ) -> Result:
        """Deliver, or count; a connector that stops does not affect the others."""
        events = {each.address: each.events for each in estimates}
        post = poster_of(self._chosen.targets, self._options.delivery.max_in_flight)
        if not self._options.dry_run:
            self._ledger.begin()
        try:
            outcomes = [self._run(each, events[each.address], post, interruption) for each in jobs]
        finally:
            post.close()
            unsaved = self._close()
        self._report(outcomes)
        if unsaved:
            self._progress.console.problem(visible(f"dcsync: {unsaved}"))
        is_whole = not unsaved and all(each.is_whole for each in outcomes)
        if not is_whole:
            self._report_how_to_continue()
        changed = any(each.events for each in outcomes) and not self._options.dry_run
        return Result(
            changed=changed,
            failed=not is_whole,
            interrupted=interruption.asked and not is_whole,
        )

    def _close(self) -> str:
        """Why the file could not be compacted; "" if it was. It has what was noted in any case."""
        try:
            self._ledger.close()
        except OutputError as error:
            return str(error)
        return ""

    def _run(
        self, job: Job, events: int, post: Poster, interruption: Interruption
    ) -> BackfillOutcome:
        runner = Runner(self._reader, job, self._ledger)

        def hear(report: Report) -> None:
            runner.report(report)
            if not report.post.is_taken:
                with self._lock:
                    self._progress.console.note(texts.attempt_text(report))

        def advance(outcome: BackfillOutcome) -> None:
            devices = f"{outcome.done} of {counted(outcome.devices, 'device')}"
            self._progress.reach(outcome.events, visible(f"{devices}: {job.address}"))

        sender = (
            Counting()
            if self._options.dry_run
            else Persistence(post, Clock(), hear, attempts=ATTEMPTS)
        )
        if interruption.asked:
            return runner.outcome
        deed = "counting events" if self._options.dry_run else "delivering events"
        with self._progress.of(deed, events):
            return runner.run(
                sender, self._options.delivery.max_in_flight, lambda: interruption.asked, advance
            )

    def _report(self, outcomes: Sequence[BackfillOutcome], refusal: str = "") -> None:
        console, is_dry = self._progress.console, self._options.dry_run
        match self._options.format:
            case Format.JSON:
                text = texts.report_json(self._ledger.span, outcomes, is_dry, refusal)
            case Format.TEXT:
                text = lines(texts.outcome_lines(outcomes, console.style, is_dry))
            case _:
                assert_never(self._options.format)
        console.result(text)

    def _report_how_to_continue(self) -> None:
        if self._options.resume:
            text = f"{self._options.resume}: run the same command to continue from there"
        else:
            text = (
                "progress was not saved: with --resume FILE, a run continues where the last stopped"
            )
        if not self._options.dry_run:
            self._progress.console.problem(visible(text))


def _has_anything(estimates: Sequence[Estimate]) -> bool:
    return any(each.events or not each.is_exact for each in estimates)


def _target(declared: Declared, options: BackfillOptions) -> Target:
    connector = declared.connector
    try:
        return target_of(connector, options.to or "", allow_http=options.delivery.allow_http)
    except ConfigurationError as error:
        if connector.type == "HTTP_PUSH" or options.to:
            raise
        raise RefusedError(str(error)) from None

"""`dcsync backfill`: delivers from the event history what connectors lost."""

from __future__ import annotations

import time
from functools import cache

from dcsync.backfill import estimate
from dcsync.cloud import Reader
from dcsync.options.of_events import BackfillOptions
from dcsync.render.backfill import preview_text
from dcsync.session.connection import connect
from dcsync.session.events.backfilling import (
    Backfill,
    choose,
    jobs_of,
    ledger_of,
    reason_not_to,
    span_of,
)
from dcsync.session.output.console import Console
from dcsync.session.output.progress import Progress
from dcsync.session.result import Result
from dcsync.session.signals.stopping import Interruption


def run(options: BackfillOptions, console: Console) -> Result:
    """Choose, look how much there is, ask, deliver, report."""
    progress = Progress(console)
    reader = cache(lambda: Reader(connect(options.cloud, progress.console)))
    with Interruption("what was delivered is in the file of --resume") as interruption:
        chosen = choose(options, progress.console, reader)
        ledger = ledger_of(options, span_of(options, time.time()), chosen)
        jobs = jobs_of(chosen, reader())
        estimates = [estimate(reader(), each, ledger) for each in jobs]
        preview = preview_text(ledger.span, estimates, ledger.is_resumed)
        backfill = Backfill(options, progress, reader(), chosen, ledger)
        reason = reason_not_to(preview, estimates, options, progress.console)
        if reason:
            return backfill.refuse(jobs, reason)
        if not options.dry_run:
            interruption.begin()
        return backfill.carry_out(jobs, estimates, interruption)

"""`dcsync receive`: accept pushes on this machine until told to stop."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import assert_never

from dcsync.formats import Format, PlainFormat
from dcsync.options import ReceiveOptions
from dcsync.receive import Answer, Arrivals, Endpoint, Mischief, serving
from dcsync.render import deliveries
from dcsync.render.events import EventLines
from dcsync.render.words import visible
from dcsync.session.announcement import announce
from dcsync.session.console import Console
from dcsync.session.result import Result
from dcsync.session.termination import ending
from dcsync.session.trust import schemes_of


def run(options: ReceiveOptions, console: Console) -> Result:
    """Serve, print each accepted event, tell what was refused, sum up."""
    endpoint = Endpoint(
        schemes_of(options, os.environ),
        Mischief(options.fail_rate, options.delay, random.random),
        options.count,
        demands_signature=options.require_signature,
    )
    arrivals, lines = Arrivals(), EventLines(console.style)
    with ending(arrivals.end), serving(endpoint, options.port, arrivals.put) as url:
        _announce(url, options.url_file, console)
        for answer in arrivals.until(options.duration, options.count):
            _tell(answer, options.format, lines, console)
            if console.is_cut:
                break
    for answer in arrivals.rest():
        _tell(answer, options.format, lines, console)
    console.note(deliveries.summary(arrivals.tally))
    too_few = options.count is not None and arrivals.accepted < options.count
    return Result(missed=too_few and options.duration is not None)


def _announce(url: str, url_file: str | None, console: Console) -> None:
    if url_file:
        announce(Path(url_file), f"{url}\n")
    console.note(visible(f"listening on {url}"))


def _tell(answer: Answer, format: PlainFormat, lines: EventLines, console: Console) -> None:
    if answer.delivery is None:
        console.note(deliveries.refusal_text(answer.status, answer.reason))
        return
    if answer.delivery.unchecked:
        console.note(deliveries.unchecked_text(answer.delivery))
    match format:
        case Format.JSON:
            console.result(deliveries.delivery_json(answer.delivery))
        case Format.TEXT:
            console.result(deliveries.delivery_text(answer.delivery, lines))
        case _:
            assert_never(format)

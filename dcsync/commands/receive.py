"""`dcsync receive`: accept pushes on this machine until told to stop."""

from __future__ import annotations

import argparse
import os
import random
from pathlib import Path

from dcsync.receive import Answer, Arrivals, Endpoint, Mischief, serving
from dcsync.render import deliveries
from dcsync.render.events import EventLines
from dcsync.render.words import visible
from dcsync.session.announcement import announce
from dcsync.session.console import Console
from dcsync.session.result import Result
from dcsync.session.termination import ending
from dcsync.session.trust import schemes_of


def run(arguments: argparse.Namespace, console: Console) -> Result:
    """Serve, print each accepted event, tell what was refused, sum up."""
    endpoint = Endpoint(
        schemes_of(arguments, os.environ),
        Mischief(arguments.fail_rate, arguments.delay, random.random),
        arguments.count,
        demands_signature=arguments.require_signature,
    )
    arrivals, lines = Arrivals(), EventLines(console.style)
    with ending(arrivals.end), serving(endpoint, arguments.port, arrivals.put) as url:
        _announce(url, arguments.url_file, console)
        for answer in arrivals.until(arguments.duration, arguments.count):
            _tell(answer, arguments.format, lines, console)
            if console.is_cut:
                break
    for answer in arrivals.rest():
        _tell(answer, arguments.format, lines, console)
    console.note(deliveries.summary(arrivals.tally))
    too_few = arguments.count is not None and arrivals.accepted < arguments.count
    return Result(missed=too_few and arguments.duration is not None)


def _announce(url: str, url_file: str | None, console: Console) -> None:
    if url_file:
        announce(Path(url_file), f"{url}\n")
    console.note(visible(f"listening on {url}"))


def _tell(answer: Answer, form: str, lines: EventLines, console: Console) -> None:
    if answer.delivery is None:
        console.note(deliveries.refusal_text(answer.status, answer.reason))
        return
    if answer.delivery.unchecked:
        console.note(deliveries.unchecked_text(answer.delivery))
    if form == "json":
        console.result(deliveries.delivery_json(answer.delivery))
    else:
        console.result(deliveries.delivery_text(answer.delivery, lines))

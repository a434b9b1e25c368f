"""`dcsync receive`: accept pushes on this machine until stopped."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import assert_never

from dcsync.formats import Format, PlainFormat
from dcsync.options.of_servers import ReceiveOptions
from dcsync.receive import Endpoint, FaultInjection, PushResponse, ResponseQueue, serving
from dcsync.render import deliveries
from dcsync.render.events import EventLines
from dcsync.render.words import visible
from dcsync.session.events.trust import schemes_of
from dcsync.session.files.announcement import announce
from dcsync.session.output.console import Console
from dcsync.session.result import Result
from dcsync.session.signals.termination import ending


def run(options: ReceiveOptions, console: Console) -> Result:
    """Serve, print each accepted event, report refused pushes, print a summary."""
    endpoint = Endpoint(
        schemes_of(options, os.environ),
        FaultInjection(options.fail_rate, options.delay, random.random),
        options.count,
        requires_signature=options.require_signature,
    )
    responses, lines = ResponseQueue(), EventLines(console.style)
    with ending(responses.end), serving(endpoint, options.port, responses.put) as url:
        _announce(url, options.url_file, console)
        for response in responses.until(options.duration, options.count):
            _print(response, options.format, lines, console)
            if console.is_cut:
                break
    for response in responses.rest():
        _print(response, options.format, lines, console)
    console.note(deliveries.summary(responses.tally))
    too_few = options.count is not None and responses.accepted < options.count
    return Result(missed=too_few and options.duration is not None)


def _announce(url: str, url_file: str | None, console: Console) -> None:
    if url_file:
        announce(Path(url_file), f"{url}\n")
    console.note(visible(f"listening on {url}"))


def _print(
    response: PushResponse, format: PlainFormat, lines: EventLines, console: Console
) -> None:
    if response.accepted is None:
        console.note(deliveries.refusal_text(response.status, response.reason))
        return
    if response.accepted.unchecked:
        console.note(deliveries.unchecked_text(response.accepted))
    match format:
        case Format.JSON:
            console.result(deliveries.delivery_json(response.accepted))
        case Format.TEXT:
            console.result(deliveries.delivery_text(response.accepted, lines))
        case _:
            assert_never(format)

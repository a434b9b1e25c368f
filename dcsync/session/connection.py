"""Connects a command to the cloud that its options and the environment specify."""

from __future__ import annotations

import os
from collections.abc import Callable

from dcsync import cloud
from dcsync.cloud.http.transport import Exchange
from dcsync.cloud.pace import Budget
from dcsync.options.shared import CloudOptions
from dcsync.render.words import visible
from dcsync.session.output.console import Console


def connect(options: CloudOptions, console: Console) -> cloud.Client:
    """A client; nothing is sent yet. CredentialsError if the environment has no credentials."""

    def report_wait(seconds: float, reason: str) -> None:
        console.note(visible(f"{reason}, waiting {seconds:.0f} s"))

    return cloud.connect(
        os.environ,
        api_url=options.api_url,
        token_url=options.token_url,
        emulator_url=options.emulator_url,
        timeout_s=options.timeout,
        connections=options.parallelism,
        budget=Budget(*options.rate) if options.rate else None,
        on_wait=report_wait,
        on_call=call_reporter(console),
    )


def call_reporter(console: Console) -> Callable[[Exchange], None]:
    """Prints each call if `-v` asks for it."""

    def report_call(call: Exchange) -> None:
        if console.verbosity:
            size = f", {call.size} bytes" if console.verbosity > 1 else ""
            status = call.status or "no response"
            took = f"{call.seconds * 1000:.0f} ms{size}"
            console.problem(visible(f"{call.name}: {status}, {took}"))

    return report_call

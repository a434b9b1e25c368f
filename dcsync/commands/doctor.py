"""`dcsync doctor`: what works and what does not. Gather → judge → show. Changes nothing."""

from __future__ import annotations

from typing import assert_never

from dcsync.doctor import Finding, FindingSeverity, examine
from dcsync.errors import CommandLineError
from dcsync.formats import Format, PlainFormat
from dcsync.options.of_events import DoctorOptions
from dcsync.render import doctor as rendered
from dcsync.render.words import Visible
from dcsync.session.doctor.doctoring import gather
from dcsync.session.output.console import Console
from dcsync.session.result import Result


def run(options: DoctorOptions, console: Console) -> Result:
    """Exit code 1 where something is broken."""
    if options.offline and options.probe:
        raise CommandLineError("--probe needs the network, which --offline leaves alone")
    findings = examine(gather(options, console))
    console.result(_render(findings, options.format, console))
    return Result(failed=any(each.severity is FindingSeverity.BROKEN for each in findings))


def _render(findings: tuple[Finding, ...], format: PlainFormat, console: Console) -> Visible:
    match format:
        case Format.JSON:
            return rendered.render_json(findings)
        case Format.TEXT:
            columns = console.width
            return rendered.render_text(findings, console.style, columns)
        case _:
            assert_never(format)

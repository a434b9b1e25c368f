"""`dcsync report merge`: read reports → merge → print; the exit code of a single run."""

from __future__ import annotations

from pathlib import Path
from typing import assert_never

from dcsync.errors import DcsyncError
from dcsync.formats import Format
from dcsync.options.of_plans import ReportOptions
from dcsync.regular_files import read_text
from dcsync.render.plans import merged_reports
from dcsync.session.output.console import Console
from dcsync.session.result import Result


def run(options: ReportOptions, console: Console) -> Result:
    """Merge the reports that the files hold."""
    reports = [merged_reports.read(_text(name), name) for name in options.reports]
    merged = merged_reports.merge(reports)
    match options.format:
        case Format.JSON:
            console.result(merged_reports.render_json(merged))
        case Format.MARKDOWN:
            console.result(merged_reports.render_markdown(merged, len(reports)))
        case Format.TEXT:
            console.result(merged_reports.render_text(merged, len(reports)))
        case _:
            assert_never(options.format)
    return Result(
        changed=merged.changed,
        failed=merged.failed,
        refused=merged.refused,
        missed=merged.missed,
    )


def _text(name: str) -> str:
    try:
        return read_text(Path(name))
    except OSError as error:
        raise DcsyncError(f"{name}: cannot be read: {error.strerror}") from None

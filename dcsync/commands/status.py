"""`dcsync status`: each declared connector's live status, deliveries and drift."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, assert_never

from dcsync.errors import CommandLineError
from dcsync.formats import Format, StatusFormat
from dcsync.options.of_events import StatusOptions
from dcsync.render.status import status_text
from dcsync.render.words import Visible, visible
from dcsync.session.output.console import Console
from dcsync.session.result import Result
from dcsync.session.status.overview import look
from dcsync.watch.overview import Overview

if TYPE_CHECKING:
    from dcsync.session.status.webhook import Webhook


def run(options: StatusOptions, console: Console) -> Result:
    """Get the state of everything, print it, notify, and fail as `--fail-on` says."""
    webhook = _webhook(options)
    overview, api = look(options.selection, options.cloud, console)
    console.result(_render(overview, options.format, console))
    bad = [each for each in overview.connectors if not options.fail_on.isdisjoint(each.conditions)]
    for each in bad:
        held = ", ".join(health for health in each.conditions if health in options.fail_on)
        console.problem(visible(f"dcsync: {each.address} is {held}"))
    is_notified = True
    if webhook and options.state:
        from dcsync.session.status.notification import notify

        is_notified = notify(webhook, options.state, overview, api, console)
    return Result(failed=not overview.is_whole or not is_notified, missed=bool(bad))


def _webhook(options: StatusOptions) -> Webhook | None:
    """What is wrong with it is said before anything is asked."""
    if (options.notify is None) != (options.state is None):
        raise CommandLineError(
            "--notify and --state go together: the file records what was reported last"
        )
    if options.notify is None:
        return None
    from dcsync.session.status.webhook import webhook_of

    return webhook_of(options.notify, allow_http=options.allow_http)


def _render(overview: Overview, format: StatusFormat, console: Console) -> Visible:
    match format:
        case Format.JSON:
            return status_text.render_json(overview)
        case Format.MARKDOWN:
            return status_text.render_markdown(overview)
        case Format.HTML:
            from dcsync.render.status import status_html

            return status_html.render(overview, _now())
        case Format.OPENMETRICS:
            from dcsync.render.status import status_openmetrics

            return status_openmetrics.render(overview, _now())
        case Format.TEXT:
            return status_text.render_text(overview, console.style, console.width)
        case _:
            assert_never(format)


def _now() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)

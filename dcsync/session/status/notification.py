"""`status --notify`: reports changes since the state file to a webhook, each at most once.

The file records what is being sent before the request is sent. If a run ends in between, no change
is sent twice; the next run reports that the last changes may not have arrived. Only if the webhook
certainly did not receive them does the next run try again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from dcsync.render.status.status_notification import notification
from dcsync.render.words import counted, visible
from dcsync.session.files.journal import Journal
from dcsync.session.output.console import Console
from dcsync.session.status.notified_state import NotifiedState
from dcsync.session.status.webhook import Failure, Webhook
from dcsync.watch.changes import changes_of, look_again, unreported
from dcsync.watch.overview import Overview


def notify(
    webhook: Webhook,
    path: str,
    overview: Overview,
    api: str,
    console: Console,
    now: Callable[[], float] = time.time,
) -> bool:
    """Send the changes since the file was written; False if some may not have arrived.

    RefusedError if the file cannot be used, OutputError if it cannot be written.
    """
    with closing(Journal(Path(path), "notify from", "reported")) as journal:
        state = NotifiedState(journal, api)
        seen = look_again(overview.connectors, state.records, now_s := now())
        changes = changes_of(overview.connectors, state.records, seen)
        if state.interrupted:
            console.problem(visible(f"dcsync: {path}: {_interrupted(state.interrupted)}"))
        state.write(seen, sending=len(changes))
        if not changes:
            return not state.interrupted
        moment = datetime.fromtimestamp(now_s, UTC)
        failure = webhook.post(notification(changes, overview, moment).encode())
        state.write(unreported(seen, state.records) if failure and failure.is_certain else seen)
    _report(failure, webhook, counted(len(changes), "change"), console)
    return not failure and not state.interrupted


def _report(failure: Failure | None, webhook: Webhook, what: str, console: Console) -> None:
    if failure is None:
        console.note(visible(f"notified {webhook.shown} of {what}"))
        return
    then = "the next run tries again"
    if not failure.is_certain:
        then = "it may have arrived, and is not sent again"
    console.problem(visible(f"dcsync: {what} not notified: {failure.reason}; {then}"))


def _interrupted(count: int) -> str:
    return (
        f"an earlier run ended while it notified of {counted(count, 'change')}: that may not have "
        "arrived, and is not sent again"
    )

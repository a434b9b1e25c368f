"""`dcsync receive`: accept pushes on this machine until told to stop."""

from __future__ import annotations

import argparse
import os
import random
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from queue import Empty, SimpleQueue

from dcsync.commands.console import Console
from dcsync.commands.result import Result
from dcsync.commands.termination import terminable
from dcsync.errors import UsageError
from dcsync.model import Secret
from dcsync.receive import (
    Answer,
    Endpoint,
    KeyRing,
    Mischief,
    PublicKey,
    SharedSecret,
    fetcher,
    serving,
)
from dcsync.render import deliveries
from dcsync.render.events import EventLines

DEFAULT_SECRET_ENV = "DT_SIGNATURE_SECRET"  # noqa: S105 - a variable's name


def run(arguments: argparse.Namespace, console: Console) -> Result:
    """Serve, print each accepted event, tell what was refused, sum up."""
    endpoint = Endpoint(
        _schemes(arguments, os.environ),
        Mischief(arguments.fail_rate, arguments.delay, random.random),
        arguments.count,
        demands_signature=arguments.require_signature,
    )
    tally: Counter[str] = Counter()
    try:
        with terminable():
            _serve(endpoint, arguments, console, tally)
    except KeyboardInterrupt:
        pass  # the normal end of an endpoint
    console.note(deliveries.summary(tally))
    return Result(missed=_lacks(arguments, tally) and arguments.duration is not None)


def _serve(
    endpoint: Endpoint, arguments: argparse.Namespace, console: Console, tally: Counter[str]
) -> None:
    answers: SimpleQueue[Answer] = SimpleQueue()
    lines = EventLines(console.style)
    with serving(endpoint, arguments.port, answers.put) as url:
        _announce(url, arguments.url_file, console)
        for answer in _until(answers, arguments.duration):
            tally[answer.outcome] += 1
            _tell(answer, arguments.format, lines, console)
            if not _lacks(arguments, tally):
                break


def _schemes(
    arguments: argparse.Namespace, environ: Mapping[str, str]
) -> list[SharedSecret | PublicKey]:
    """Which signatures to check. A secret's variable that was named has to be set."""
    keys = KeyRing(fetcher(environ), time.monotonic)
    public = PublicKey(keys, (arguments.issuer or "").rstrip("/"), arguments.organization or "")
    value = environ.get(arguments.secret_env or DEFAULT_SECRET_ENV)
    if not value and arguments.secret_env:
        raise UsageError(f"--secret-env: the variable {arguments.secret_env} is not set")
    return [SharedSecret(Secret(value)), public] if value else [public]


def _announce(url: str, url_file: str | None, console: Console) -> None:
    """The file appears whole, so that a script may wait for it."""
    if url_file:
        unfinished = Path(f"{url_file}.part")
        unfinished.write_text(f"{url}\n", encoding="utf-8")
        unfinished.replace(url_file)
    console.note(f"listening on {url}")


def _until(answers: SimpleQueue[Answer], duration_s: float | None) -> Iterator[Answer]:
    """Each answer as it is given, until the time is up."""
    end = None if duration_s is None else time.monotonic() + duration_s
    while True:
        try:
            yield answers.get(timeout=None if end is None else max(0, end - time.monotonic()))
        except Empty:
            return


def _tell(answer: Answer, format: str, lines: EventLines, console: Console) -> None:
    if answer.delivery is None:
        console.note(deliveries.refusal_text(answer.status, answer.reason))
        return
    if answer.delivery.unchecked:
        console.note(deliveries.unchecked_text(answer.delivery))
    if format == "json":
        console.result(deliveries.delivery_json(answer.delivery))
    else:
        console.result(deliveries.delivery_text(answer.delivery, lines))


def _lacks(arguments: argparse.Namespace, tally: Counter[str]) -> bool:
    accepted = tally["accepted"] + tally["duplicate"]
    return bool(arguments.count is None or accepted < arguments.count)

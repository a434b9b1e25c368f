"""`status --notify`: tells an endpoint what changed since the state file, each change at most once.

The file says what was told before the post goes out, and that it is going out. So whatever ends a
run in between, no change is told twice; the next run says that the last one may not have arrived.
Only where the endpoint certainly did not take it, the next run tries again.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dcsync import __version__
from dcsync.cloud.clock import Clock
from dcsync.cloud.connect import network_settings
from dcsync.cloud.message import Message
from dcsync.cloud.posting import Channel, channel_to
from dcsync.declare.meaning.urls import WEB, problem_with
from dcsync.declare.references import secret_files
from dcsync.declare.references.notation import MalformedReference, Reference, parse
from dcsync.errors import CloudError, CommandLineError, ConnectionFailed, RefusedError
from dcsync.loopback import is_loopback_url
from dcsync.render.status_notification import notification
from dcsync.render.words import counted, visible
from dcsync.session.console import Console
from dcsync.session.journal import Journal
from dcsync.session.resuming import UNREADABLE
from dcsync.watch.changes import Record, changes_of, look_again, untold
from dcsync.watch.overview import Overview

FORMAT, VERSION = "dcsync status --notify", 1
TIMEOUT_S = 10.0
_HEADERS = {"Content-Type": "application/json", "User-Agent": f"dcsync/{__version__}"}
_GATEWAY = frozenset({502, 504})
"""Statuses behind which it may have arrived."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where it is posted. The URL is a secret: who has it can post there."""

    channel: Channel
    shown: str


def endpoint_of(url: str, *, allow_http: bool) -> Endpoint:
    """The endpoint at a URL that may have `${env:…}` and `${file:…}`. CommandLineError."""
    plain = "".join(map(_revealed, _parts(url)))
    web = f"https{plain[4:]}" if allow_http and plain.lower().startswith("http:") else plain
    problem = problem_with(web, WEB)
    if problem is None and "@" in urlsplit(plain).netloc:
        problem = "must have no user part"
    if problem:
        raise CommandLineError(f"--notify: the URL {problem}")
    parts = urlsplit(plain)
    shown = f"{parts.scheme}://{parts.netloc}/…"
    network = network_settings(os.environ)
    if is_loopback_url(plain):
        network = type(network)(ca_bundle=network.ca_bundle)
    message = Message(f"POST {shown}", "POST", plain, _HEADERS)
    channel = channel_to(
        message, network, connections=1, timeout_s=TIMEOUT_S, now_s=Clock().now_s
    )
    return Endpoint(channel, shown)


def notify(
    endpoint: Endpoint,
    path: str,
    overview: Overview,
    api: str,
    console: Console,
    now: Callable[[], float] = time.time,
) -> bool:
    """Tell what changed since the file was written; whether nobody is left in the dark."""
    with closing(Journal(Path(path))) as journal:
        state = _State(journal, api)
        if state.untold_before:
            console.problem(visible(f"dcsync: {path}: {_interrupted(state.untold_before)}"))
        now_s = now()
        seen = look_again(overview.connectors, state.records, now_s)
        changes = changes_of(overview.connectors, state.records, seen)
        if not changes:
            state.write(seen)
            return not state.untold_before
        state.write(seen, telling=len(changes))
        moment = datetime.fromtimestamp(now_s, UTC)
        failure = _post(endpoint, notification(changes, overview, moment).encode())
        state.write(untold(seen, state.records) if failure and failure.is_certain else seen)
    if failure:
        what = counted(len(changes), "change")
        console.problem(visible(f"dcsync: {what} could not be told: {failure.reason}"))
    else:
        console.note(visible(f"told {endpoint.shown} of {counted(len(changes), 'change')}"))
    return not failure and not state.untold_before


@dataclass(frozen=True, slots=True)
class _Failure:
    reason: str
    is_certain: bool
    """Whether nobody was told."""


def _post(endpoint: Endpoint, body: bytes) -> _Failure | None:
    """One attempt; redirects are not followed."""
    try:
        status = endpoint.channel.post(body, {}).status
    except ConnectionFailed as error:
        return _Failure(f"{error}; the next run tries again", is_certain=True)
    except CloudError as error:
        return _Failure(f"{error}; it may have arrived, and is not sent again", is_certain=False)
    finally:
        endpoint.channel.close()
    if 200 <= status < 300:
        return None
    reason = f"POST {endpoint.shown}: {status}"
    if status in _GATEWAY:
        return _Failure(f"{reason}; it may have arrived, and is not sent again", is_certain=False)
    hint = " (redirects are not followed)" if 300 <= status < 400 else ""
    return _Failure(f"{reason}{hint}; the next run tries again", is_certain=True)


class _State:
    """What the file says; RefusedError where it is damaged or of something else."""

    def __init__(self, journal: Journal, api: str) -> None:
        self._journal, self._api = journal, api
        self.records: dict[str, Record] = {}
        self.untold_before = 0
        """So many changes an earlier run was telling when it ended."""
        if not journal.is_new:
            self._load()

    def write(self, records: Mapping[str, Record], telling: int = 0) -> None:
        """All of it anew. OutputError."""
        self._journal.rewrite(self._contents(records, telling))

    def _contents(self, records: Mapping[str, Record], telling: int) -> Iterator[Any]:
        yield {
            "format": FORMAT,
            "version": VERSION,
            "api": self._api,
            "telling": telling,
            "records": len(records),
        }
        for address, record in records.items():
            yield [address, asdict(record)]

    def _load(self) -> None:
        read = -1
        try:
            for read, line in enumerate(self._journal.read()):
                if read == 0:
                    head = line
                    self._require_ours(head)
                else:
                    address, values = line
                    self.records[address] = Record(**values)
            self.untold_before = int(head["telling"])
            is_whole = read == head["records"]
        except (*UNREADABLE, UnboundLocalError):
            raise self._journal.damaged(f"line {read + 1}") from None
        if not is_whole:
            raise self._journal.damaged(f"what comes after line {read + 1}")

    def _require_ours(self, head: Mapping[str, Any]) -> None:
        path = self._journal.path
        if head["format"] != FORMAT or head["version"] != VERSION:
            raise RefusedError(f"{path}: is no state file of this version: name another file")
        if head["api"] != self._api:
            raise RefusedError(
                f"{path}: was written for {head['api']}, and this run is for {self._api}: "
                "name another file"
            )


def _interrupted(count: int) -> str:
    return (
        f"an earlier run ended while it told of {counted(count, 'change')}: that may not have "
        "arrived, and is not sent again"
    )


def _parts(url: str) -> tuple[str | Reference, ...]:
    try:
        return parse(url)
    except MalformedReference as error:
        raise CommandLineError(f"--notify: {error}") from None


def _revealed(part: str | Reference) -> str:
    """What a reference stands for; no message has it."""
    if isinstance(part, str):
        return part
    if part.kind == "env":
        found = os.environ.get(part.name) or part.default
        if found:
            return found
        raise CommandLineError(f"--notify: {part} is not set, or empty")
    if part.kind == "file":
        content = secret_files.read(part.name, Path(), Path("/"))
        if content.text is not None:
            return content.text
        raise CommandLineError(f"--notify: {part}: {content.problem}")
    raise CommandLineError(f"--notify: {part} has no meaning here: take ${{env:…}} or ${{file:…}}")

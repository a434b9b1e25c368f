"""The webhook of `status --notify`. Its URL is a secret: anybody who has it can post."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from dcsync import __version__
from dcsync.cloud.clock import Clock
from dcsync.cloud.connect import network_settings
from dcsync.cloud.http.message import Message
from dcsync.cloud.http.posting import Channel, channel_to
from dcsync.dataclass import dataclass, replace
from dcsync.declare.meaning.urls import WEB, url_problem
from dcsync.declare.references import secret_files
from dcsync.declare.references.notation import MalformedReference, Parts, Reference, parse
from dcsync.errors import CloudError, CommandLineError, ConnectionFailed
from dcsync.loopback import is_loopback_url

TIMEOUT_S = 10.0
_HEADERS = {"Content-Type": "application/json", "User-Agent": f"dcsync/{__version__}"}
_GATEWAY = frozenset({502, 504})
"""Statuses of gateways, after which the request may have arrived."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a post failed, and whether it certainly did not arrive."""

    reason: str
    is_certain: bool


@dataclass(frozen=True, slots=True)
class Webhook:
    """How to reach it; `shown` is the part of the URL that may be printed."""

    channel: Channel
    shown: str

    def post(self, body: bytes) -> Failure | None:
        """One attempt; redirects are not followed."""
        try:
            status = self.channel.post(body, {}).status
        except ConnectionFailed as error:
            return Failure(str(error), is_certain=True)
        except CloudError as error:
            return Failure(str(error), is_certain=False)
        finally:
            self.channel.close()
        if 200 <= status < 300:
            return None
        hint = " (redirects are not followed)" if 300 <= status < 400 else ""
        return Failure(f"POST {self.shown}: {status}{hint}", is_certain=status not in _GATEWAY)


def webhook_of(url: str, *, allow_http: bool) -> Webhook:
    """The webhook at a URL that may contain `${env:…}` and `${file:…}`. CommandLineError."""
    plain = "".join(map(_revealed, _parts(url)))
    web = f"https{plain[4:]}" if allow_http and plain.lower().startswith("http:") else plain
    problem = url_problem(web, WEB)
    if problem is None and "@" in urlsplit(plain).netloc:
        problem = "must not have a user part"
    if problem:
        raise CommandLineError(f"--notify: the URL {problem}")
    parts = urlsplit(plain)
    shown = f"{parts.scheme}://{parts.netloc}/…"
    network = network_settings(os.environ)
    if is_loopback_url(plain):
        network = replace(network, proxies={})
    message = Message(f"POST {shown}", "POST", plain, _HEADERS)
    now_s = Clock().now_s
    channel = channel_to(message, network, connections=1, timeout_s=TIMEOUT_S, now_s=now_s)
    return Webhook(channel, shown)


def _parts(url: str) -> Parts:
    try:
        return parse(url)
    except MalformedReference as error:
        raise CommandLineError(f"--notify: {error}") from None


def _revealed(part: str | Reference) -> str:
    """The value of a reference; no message contains it."""
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
    raise CommandLineError(f"--notify: {part} is not supported here: use ${{env:…}} or ${{file:…}}")

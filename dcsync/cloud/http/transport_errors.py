"""Turns errors of requests, urllib3 and sockets into ours, without secrets.

They are never chained: the errors of requests hold the request with its headers.
"""

from __future__ import annotations

import re
import ssl
from urllib.parse import urlsplit

import requests
import urllib3

from dcsync.cloud.http.message import Message
from dcsync.errors import CloudError, ConnectionFailed, ReadTimeout, ResponseLost

TIMED_OUT = "timed out"
NOT_TRUSTED = "its certificate is not trusted"
_QUOTED = "'[^']*'"
_BEFORE_SENDING = (
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.ProxyError,
    urllib3.exceptions.LocationValueError,
    requests.exceptions.ConnectTimeout,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidURL,
    ssl.SSLCertVerificationError,
)
"""No connection was made: refused, unknown host, untrusted certificate."""


def transport_error(message: Message, error: Exception) -> CloudError:
    """The error for an attempt that failed: ConnectionFailed if nothing was sent."""
    if any(isinstance(cause, _BEFORE_SENDING) for cause in _causes(error)):
        return unreachable(message, error)
    return response_lost(message, error)


def unreachable(message: Message, error: Exception) -> ConnectionFailed:
    """The error for a request that was certainly not sent."""
    return ConnectionFailed(
        f"{message.name}: cannot reach {_host(message)}: {_reason(message, error)}; check the"
        " network, the proxy and the URL"
    )


def response_lost(message: Message, error: Exception) -> ResponseLost:
    """The error for a request that may have arrived."""
    reason = _reason(message, error)
    kind = ReadTimeout if reason == TIMED_OUT else ResponseLost
    return kind(f"{message.name}: no complete response from {_host(message)}: {reason}")


def _causes(error: BaseException) -> list[BaseException]:
    """An error and all errors it wraps: requests and urllib3 nest those of sockets."""
    found: list[BaseException] = []
    waiting: list[BaseException] = [error]
    while waiting:
        cause = waiting.pop()
        if any(cause is known for known in found):
            continue
        found.append(cause)
        inner = (*cause.args, cause.__cause__, getattr(cause, "reason", None))
        waiting += [each for each in inner if isinstance(each, BaseException)]
    return found


def _reason(message: Message, error: BaseException) -> str:
    """The message of the deepest cause, which never holds a URL or a header."""
    causes = _causes(error)
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            why = cause.verify_message  # which may name the host, in quotes
            return f"{NOT_TRUSTED}: {re.sub(_QUOTED, message.place, why) if message.place else why}"
        if isinstance(cause, requests.exceptions.InvalidSchema):
            return "the session has no adapter for the URL or the proxy (SOCKS needs PySocks)"
        if isinstance(cause, OSError) and cause.strerror and not isinstance(cause, TimeoutError):
            return cause.strerror
    if any(isinstance(cause, urllib3.exceptions.NewConnectionError) for cause in causes):
        return "no connection could be made"  # SOCKS gives no reason
    timeouts = (TimeoutError, urllib3.exceptions.TimeoutError, requests.exceptions.Timeout)
    if any(isinstance(cause, timeouts) for cause in causes):
        return TIMED_OUT
    return "the connection broke"


def _host(message: Message) -> str:
    return message.place or urlsplit(message.url).netloc.rpartition("@")[2]

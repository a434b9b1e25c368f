"""Checks the connection to the API: proxies, response, clock. Needs no credentials."""

from __future__ import annotations

import socket
from datetime import UTC
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from dcsync.cloud.clock import Clock
from dcsync.cloud.http.message import USER_AGENT, Message
from dcsync.cloud.http.network import NetworkSettings
from dcsync.cloud.http.transport import Transport
from dcsync.cloud.request import Response, parsed
from dcsync.doctor.facts import Api, Proxy
from dcsync.errors import CloudError
from dcsync.masked import HIDDEN

_MOST_BYTES = 65_536
_DEFAULT_PORTS = {"https": 443, "http": 80}
_SOCKS_PORT = 1080


def ask(url: str, network: NetworkSettings, timeout_s: float, clock: Clock) -> Api:
    """Call the API without credentials: a DT API refuses that, in JSON and with a date."""
    headers = {"User-Agent": USER_AGENT, "Accept": "application/json"}
    message = Message("GET /projects", "GET", f"{url}/projects", headers)
    began_s, began_unix_s = clock.now_s(), clock.unix_s()
    try:
        transport = Transport(connections=1, timeout_s=timeout_s, network=network)
        response = transport.send(message, _MOST_BYTES)
    except CloudError as error:
        return Api(url, seconds=clock.now_s() - began_s, trouble=error)
    seconds = clock.now_s() - began_s
    return Api(
        url,
        response.status,
        seconds,
        is_json=isinstance(parsed(response.body), dict),
        ahead_s=_ahead_s(response, began_unix_s + seconds / 2),
    )


def _ahead_s(response: Response, unix_s: float) -> float | None:
    """From the Date header, which is in whole seconds: half a second is added."""
    try:
        moment = parsedate_to_datetime(response.headers.get("date", ""))
    except (ValueError, TypeError):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return unix_s - (aware.timestamp() + 0.5)


def knock(proxy_url: str, timeout_s: float) -> Proxy:
    """Whether a proxy takes connections; nothing is sent."""
    parts = urlsplit(proxy_url)
    port = parts.port or _DEFAULT_PORTS.get(parts.scheme, _SOCKS_PORT)
    try:
        socket.create_connection((parts.hostname or "", port), timeout_s).close()
    except (OSError, UnicodeError) as error:
        return Proxy(shown_proxy(proxy_url), reason_of(error))
    return Proxy(shown_proxy(proxy_url))


def shown_proxy(proxy_url: str) -> str:
    """The proxy without its user and password."""
    parts = urlsplit(proxy_url)
    user = f"{HIDDEN}@" if parts.username else ""
    return f"{parts.scheme}://{user}{parts.netloc.rpartition('@')[2]}"


def reason_of(error: Exception) -> str:
    """The reason of a socket error."""
    if isinstance(error, TimeoutError):
        return "timed out"
    return (isinstance(error, OSError) and error.strerror) or "cannot be reached"

"""Checks the URLs of connectors: https (http for localhost), or Azure's sb."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from dcsync.loopback import is_loopback_url

WEB = "https"
AZURE = "sb"

_PLAIN = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]{1,4})?(/[!-~]*)?")
_HOST_ENDS = re.compile(r"[/?#]")


def url_problem(url: str, scheme: str) -> str | None:
    """Why the URL is not valid for a connector, or None."""
    if scheme == WEB and _PLAIN.fullmatch(url):
        return None
    if any(character.isspace() or not character.isprintable() for character in url):
        return "contains a space or a control character"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "is not a URL"
    if scheme == AZURE:
        is_right = parts.scheme == AZURE
    else:
        is_right = parts.scheme == WEB or is_loopback_url(url)
    if not is_right:
        return _expected(scheme)
    return None if host and port != 0 else "has no host, or an invalid port"


def url_prefix_problem(start: str, scheme: str) -> str | None:
    """The same for the start of a URL whose end is unknown."""
    if "://" not in start:
        schemes = (scheme, "http") if scheme == WEB else (scheme,)
        possible = not start or any(f"{each}://".startswith(start.lower()) for each in schemes)
        return None if possible else _expected(scheme)
    known_scheme, _, rest = start.partition("://")
    known_scheme = known_scheme.lower()
    if known_scheme == scheme:
        return None
    if known_scheme == "http" and scheme == WEB:
        return url_problem(start, scheme) if _HOST_ENDS.search(rest) else None
    return _expected(scheme)


def _expected(scheme: str) -> str:
    if scheme == AZURE:
        return "must be an sb:// URL, like sb://example.servicebus.windows.net/events"
    return "must be an https:// URL (http:// only for localhost)"

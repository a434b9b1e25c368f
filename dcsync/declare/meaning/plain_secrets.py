"""Guesses whether a string in plain text is a secret. Never repeats the string."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_NAME = re.compile(
    r"auth|token|secret|passw|key|cookie|signature|credential|^sig$|^code$", re.IGNORECASE
)
_PARAMETER = re.compile(r"[?&;#]([^?&;#=]*)=[^&;#]")
_SCHEME = re.compile(r"(bearer|basic|digest|apikey|token)\s", re.IGNORECASE)
_RANDOM = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9+/_=.-]{24,}")


def header_looks_secret(name: str, value: str) -> bool:
    """By the header's name, or by a value that is a credential or looks random."""
    if not value:
        return False
    return bool(_NAME.search(name) or _SCHEME.match(value) or _RANDOM.fullmatch(value))


def url_looks_secret(url: str) -> bool:
    """A password, or a parameter whose name suggests a secret."""
    try:
        password = urlsplit(url).password
    except ValueError:
        return False
    return bool(password) or any(map(_NAME.search, _PARAMETER.findall(url)))

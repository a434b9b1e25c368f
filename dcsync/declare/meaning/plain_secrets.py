"""Guesses whether a string in plain text is a secret. Never repeats the string."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_NAME = r"(?i:auth|token|secret|passw|key|cookie|signature|credential|^sig$|^code$)"
_PARAMETER = r"[?&;#]([^?&;#=]*)=[^&;#]"
_SCHEME = r"(?i:(bearer|basic|digest|apikey|token)\s)"
_RANDOM = r"(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9+/_=.-]{24,}"


def header_looks_secret(name: str, value: str) -> bool:
    """By the header's name, or by a value that is a credential or looks random."""
    if not value:
        return False
    return bool(re.search(_NAME, name) or re.match(_SCHEME, value) or re.fullmatch(_RANDOM, value))


def url_looks_secret(url: str) -> bool:
    """A password, or a parameter whose name suggests a secret."""
    try:
        password = urlsplit(url).password
    except ValueError:
        return False
    return bool(password) or any(re.search(_NAME, each) for each in re.findall(_PARAMETER, url))

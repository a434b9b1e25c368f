"""Which hosts are loopback: decided by spelling, without a look-up.

Anything spelled differently is not loopback, whatever it would resolve to.
"""

from __future__ import annotations

import re

_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_NAMED = rf"localhost|127(?:\.{_OCTET}){{3}}"
_HOST = rf"{_NAMED}|::1"
# Matched against the raw URL, so that no two parsers can disagree about it.
_URL = rf"https?://(?:{_NAMED}|\[::1\])(?::[0-9]{{1,5}})?(?:[/?#][^\\\s]*)?"


def is_loopback(host: str | None) -> bool:
    """Whether a host, as in a URL but without brackets, is loopback."""
    return re.fullmatch(_HOST, host or "") is not None


def is_loopback_url(url: str) -> bool:
    """Whether an http or https URL is on loopback; False for one with a user part."""
    return re.fullmatch(_URL, url) is not None

"""Which hosts are this machine itself: decided here for all, by spelling, without a look-up.

What is not spelt in one of these ways is elsewhere, whatever a resolver would make of it.
"""

from __future__ import annotations

import re

_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_NAMED = rf"localhost|127(?:\.{_OCTET}){{3}}"
_HOST = re.compile(rf"{_NAMED}|::1")
# Matched against the URL as it is written, so that no two parsers can disagree about it.
_URL = re.compile(rf"https?://(?:{_NAMED}|\[::1\])(?::[0-9]{{1,5}})?(?:[/?#][^\\\s]*)?")


def is_loopback(host: str | None) -> bool:
    """Whether a host, as it stands in a URL but without brackets, is this machine."""
    return _HOST.fullmatch(host or "") is not None


def is_loopback_url(url: str) -> bool:
    """Whether an http or https URL is of this machine; one with a user part is not."""
    return _URL.fullmatch(url) is not None

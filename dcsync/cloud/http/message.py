"""A complete HTTP request, as a value."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from urllib.parse import urlencode

from dcsync import __version__
from dcsync.dataclass import dataclass, field

USER_AGENT = f"dcsync/{__version__} Python/{'.'.join(map(str, sys.version_info[:3]))}"


@dataclass(frozen=True, slots=True)
class Message:
    """A complete HTTP request; `name` identifies the call in errors.

    `place` stands for the host in errors, where the URL is a secret; "" is the URL's own.
    """

    name: str
    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    query: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    data: bytes | None = field(default=None, repr=False)
    place: str = ""

    @property
    def full_url(self) -> str:
        """The URL with its query."""
        return f"{self.url}?{urlencode(self.query)}" if self.query else self.url

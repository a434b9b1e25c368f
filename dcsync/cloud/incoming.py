"""A response whose body is still to come, of whichever session."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import requests
import urllib3

PIECE = 65536


class Incoming:
    """Status, headers (names in lower case), and the body piece by piece as it arrives."""

    def __init__(self, response: requests.Response) -> None:
        self.status = response.status_code
        self.headers = {name.lower(): value for name, value in response.headers.items()}
        self._response = response
        raw = response.raw
        # What a hook has read already is in the response, unpacked.
        is_unread = isinstance(raw, urllib3.HTTPResponse) and not raw.tell()
        self._raw: urllib3.HTTPResponse | None = raw if is_unread else None

    def body(self) -> tuple[Iterator[bytes], str]:
        """The body's pieces, and the encoding that they are in."""
        raw = self._raw
        if raw is None:
            return self._response.iter_content(PIECE), ""
        pieces = iter(lambda: raw.read1(PIECE, decode_content=False), b"")
        return pieces, self.headers.get("content-encoding", "")

    def receiver(self) -> Callable[[], bytes]:
        """A function for what arrives next, unpacked; b"" at the end."""
        raw = self._raw
        if raw is None:
            pieces = self._response.iter_content(PIECE)
            return lambda: next(pieces, b"")
        return lambda: raw.read1(PIECE, decode_content=True)

    def close(self) -> None:
        """Close what was not read to its end, and give the connection's place to the next call."""
        self._response.close()

    def shutdown(self) -> None:
        """Wake a thread that waits for bytes."""
        if self._raw is not None:
            self._raw.shutdown()

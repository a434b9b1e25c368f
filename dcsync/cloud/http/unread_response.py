"""A response whose body has not been read yet, from any session."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import requests
import urllib3

PIECE = 65536


class UnreadResponse:
    """Status, headers (names in lower case), and the body in pieces as it arrives."""

    def __init__(self, response: requests.Response) -> None:
        self.status = response.status_code
        self.headers = {name.lower(): value for name, value in response.headers.items()}
        self._response = response
        raw = response.raw
        # If a hook has read the body already, the response holds it decoded.
        is_unread = isinstance(raw, urllib3.HTTPResponse) and not raw.tell()
        self._raw: urllib3.HTTPResponse | None = raw if is_unread else None

    def body(self) -> tuple[Iterator[bytes], str]:
        """The pieces of the body, and their encoding."""
        raw = self._raw
        if raw is None:
            return self._response.iter_content(PIECE), ""
        return _pieces(raw), self.headers.get("content-encoding", "")

    def receiver(self) -> Callable[[], bytes]:
        """A function that returns the next decoded bytes; b"" at the end."""
        raw = self._raw
        if raw is None:
            pieces = self._response.iter_content(PIECE)
            return lambda: next(pieces, b"")
        return lambda: raw.read1(PIECE, decode_content=True)

    def close(self) -> None:
        """Release the connection, and close it if the body was not read to its end."""
        self._response.close()

    def shutdown(self) -> None:
        """Wake a thread that is waiting for bytes."""
        if self._raw is not None:
            self._raw.shutdown()


def _pieces(raw: urllib3.HTTPResponse) -> Iterator[bytes]:
    while not raw.closed and (piece := raw.read1(PIECE, decode_content=False)):
        yield piece

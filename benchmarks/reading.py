"""Reads a stream in one way and prints the µs of CPU that an event took.

`python -m benchmarks.reading WAY EVENTS`. The first events are not counted: connecting is in them.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from benchmarks.source import PLAIN, PROJECT

PIECE = 65536


def main() -> None:
    """Read, count, print."""
    way, count = sys.argv[1], int(sys.argv[2])
    events = WAYS[way]()
    _read(events, count // 10)
    begun_s = time.process_time()
    _read(events, count)
    print((time.process_time() - begun_s) / count * 1e6)


def _read(events: Iterator[object], count: int) -> None:
    for _ in islice(events, count):
        pass


def _dcsync() -> Iterator[Any]:
    import dcsync as dt

    events: Iterator[Any] = dt.Stream.event_stream(PROJECT)
    return events


def _sdk() -> Iterator[Any]:
    from benchmarks.sdk import official

    events: Iterator[Any] = official().Stream.event_stream(PROJECT)
    return events


def _looked_at(events: Iterator[Any]) -> Iterator[object]:
    """Each event with what most programs want of it."""
    return ((event.device_id, event.event_type, event.data.timestamp) for event in events)


def _bare() -> Iterator[object]:
    """The least: the bytes in 64 KiB pieces, and json.loads a line."""
    return map(json.loads, lines())


def lines() -> Iterator[bytes]:
    """A stream's lines as they come."""
    url = urlsplit(os.environ["DCSYNC_API_URL"])
    with socket.create_connection((url.hostname or "", url.port or 0)) as connection:
        connection.sendall(b"GET %b HTTP/1.1\r\n\r\n" % PLAIN.encode())
        rest = connection.recv(PIECE).partition(b"\r\n\r\n")[2]
        while piece := connection.recv(PIECE):
            *whole, rest = (rest + piece).split(b"\n")
            yield from whole


WAYS: dict[str, Callable[[], Iterator[object]]] = {
    "dcsync": _dcsync,
    "dcsync-looked-at": lambda: _looked_at(_dcsync()),
    "sdk": _sdk,
    "sdk-looked-at": lambda: _looked_at(_sdk()),
    "bare": _bare,
}

if __name__ == "__main__":
    main()

"""A server of event history, so fast that it is never what a reader waits for.

`python -m benchmarks.history --devices N --events N` prints the variables that point clients at it,
and serves until it is ended: so many events of each device, a minute apart, up to now.
"""

from __future__ import annotations

import argparse
import json
import socket
import threading
import time
from contextlib import suppress
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from benchmarks.source import DEVICE, answer_of, environ_of, lines, target_of

STEP_S = 60
PAGE = 1000
_BEFORE, _AFTER = len(b'{"result":{"event":'), len(b"}}\n")
_EVENTS = tuple(line[_BEFORE:-_AFTER] for line in lines())


class Server:
    """A thread a connection; pages newest first."""

    def __init__(self, devices: int, events: int) -> None:
        self._devices = [DEVICE.format(number).encode() for number in range(devices)]
        self._events = events
        self._began_s = int(time.time()) - events * STEP_S
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.base_url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def serve(self) -> None:
        """Until the process ends."""
        while True:
            connection, _ = self._listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        with suppress(OSError), connection, connection.makefile("rb") as incoming:
            while target := target_of(incoming):
                path = urlsplit(target).path
                is_past = path.endswith("/events")
                body = self._page(target) if is_past else answer_of(path, self._devices)
                head = f"Content-Type: application/json\r\nContent-Length: {len(body)}"
                connection.sendall(f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode() + body)

    def _page(self, target: str) -> bytes:
        """Of the events from `startTime` to `endTime`, both included, the next thousand."""
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        device = parts.path.split("/")[-2].encode()
        first = max(-int(-self._number(query["startTime"]) // 1), 0)
        newest = min(int(self._number(query["endTime"])), self._events - 1)
        newest = int(query.get("pageToken", newest))
        oldest = max(newest - PAGE + 1, first)
        events = b",".join(self._event(number, device) for number in range(newest, oldest - 1, -1))
        token = str(oldest - 1) if oldest > first else ""
        return b'{"events":[%b],"nextPageToken":"%b"}' % (events, token.encode())

    def _number(self, text: str) -> float:
        return (datetime.fromisoformat(text).timestamp() - self._began_s) / STEP_S

    def _event(self, number: int, device: bytes) -> bytes:
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(self._began_s + number * STEP_S))
        return _EVENTS[number % 3] % {
            b"id": b"%020d" % number,
            b"device": device,
            b"time": moment.encode() + b".000000Z",
        }


def main() -> None:
    """Say where it is, and serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--devices", type=int, required=True)
    parser.add_argument("--events", type=int, required=True)
    given = parser.parse_args()
    server = Server(given.devices, given.events)
    print(json.dumps(environ_of(server.base_url)), flush=True)
    server.serve()


if __name__ == "__main__":
    main()

"""A server of nothing but events, so fast that it is never what a stream waits for.

`python -m benchmarks.source [--rate N] [--devices N]` prints the variables that point clients at it
and serves until it is ended: on each stream events at N a second, or as fast as they are taken, of
any project that is asked for.
"""

from __future__ import annotations

import argparse
import json
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import BinaryIO

from benchmarks.processes import serving

PROJECT = "c0md3pm0p7bet3vico8g"
DEVICE = "b{:019}"
PLAIN = "/plain"
"""A path with the same stream, but without chunks: what reading it takes at the least."""

_DATA = (
    ("touch", {"touch": {"updateTime": "@TIME"}}),
    (
        "temperature",
        {
            "temperature": {
                "value": 21.25,
                "updateTime": "@TIME",
                "samples": [{"value": 21.25, "sampleTime": "@TIME"}],
                "isBackfilled": False,
            }
        },
    ),
    (
        "networkStatus",
        {
            "networkStatus": {
                "signalStrength": 45,
                "rssi": -83,
                "updateTime": "@TIME",
                "cloudConnectors": [{"id": DEVICE.format(0), "signalStrength": 45, "rssi": -83}],
                "transmissionMode": "LOW_POWER_STANDARD_MODE",
            }
        },
    ),
)


@contextmanager
def source(rate: int = 0, devices: int = 100) -> Iterator[dict[str, str]]:
    """The server in a process of its own; gives the variables that point clients at it."""
    with serving("benchmarks.source", f"--rate={rate}", f"--devices={devices}") as said:
        yield json.loads(said)


def project_in(path: str) -> str:
    """The project that a call is about."""
    _, found, rest = path.partition("/projects/")
    return rest.partition("/")[0] if found else PROJECT


def lines(project_id: str = PROJECT) -> tuple[bytes, ...]:
    """A stream's line for each kind of event, with `%b` for what differs: id, device, time."""
    return tuple(
        json.dumps(
            {
                "result": {
                    "event": {
                        "eventId": "@ID",
                        "targetName": f"projects/{project_id}/devices/@DEVICE",
                        "eventType": event_type,
                        "data": data,
                        "timestamp": "@TIME",
                    }
                }
            },
            separators=(",", ":"),
        )
        .replace("@ID", "%(id)b")
        .replace("@DEVICE", "%(device)b")
        .replace("@TIME", "%(time)b")
        .encode()
        + b"\n"
        for event_type, data in _DATA
    )


def chunk_of(line: bytes) -> bytes:
    """A line as a chunk of its own (RFC 9112 section 7.1), which is how servers send events."""
    size = len(line % _blanks())
    return b"%x\r\n%b\r\n" % (size, line)


def _blanks() -> dict[bytes, bytes]:
    return {b"id": b"0" * 20, b"device": b"0" * 20, b"time": b"2026-01-01T00:00:00.000000Z"}


def second_of(
    templates: tuple[bytes, ...], devices: Sequence[bytes], unix_s: int
) -> Iterator[bytes]:
    """A thousand events, a millisecond apart."""
    second = datetime.fromtimestamp(unix_s, UTC).strftime("%Y-%m-%dT%H:%M:%S").encode()
    for number in range(1000):
        yield templates[number % 3] % {
            b"id": b"%020d" % (unix_s * 1000 + number),
            b"device": devices[number % len(devices)],
            b"time": b"%b.%03d000Z" % (second, number),
        }


def stream(
    connection: socket.socket, templates: tuple[bytes, ...], devices: Sequence[bytes]
) -> None:
    """Events for as long as they are taken, of a day ago: their times pass faster than ours."""
    second = int(time.time()) - 86_400
    while True:
        connection.sendall(b"".join(second_of(templates, devices, second)))
        second += 1


def stream_at(
    connection: socket.socket, templates: tuple[bytes, ...], devices: Sequence[bytes], rate: int
) -> None:
    """Events at a rate; the id of each is the moment it was sent, in ns of the monotonic clock."""
    begun_s, number = time.monotonic(), 0
    while True:
        wait_s = begun_s + number / rate - time.monotonic()
        if wait_s > 0:
            time.sleep(wait_s)
        number += 1
        values = {
            b"device": devices[number % len(devices)],
            b"time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").encode(),
            b"id": b"%020d" % time.monotonic_ns(),
        }
        connection.sendall(templates[number % 3] % values)


def answer_of(path: str, devices: Sequence[bytes]) -> bytes:
    """The body for every call that is no stream."""
    if path.startswith("/oauth2"):
        return json.dumps(
            {"access_token": "t", "token_type": "Bearer", "expires_in": 3600}
        ).encode()
    parent = f"projects/{project_in(path)}/devices"
    listed = [
        {"name": f"{parent}/{each.decode()}", "type": "temperature", "labels": {}}
        for each in devices
    ]
    found = {"devices": listed} if path.endswith("/devices") else {"events": []}
    return json.dumps({**found, "nextPageToken": ""}).encode()


class Server:
    """A thread a connection, and no more HTTP than the clients here speak."""

    def __init__(self, rate: int, devices: int) -> None:
        self._rate = rate
        self._devices = [DEVICE.format(number).encode() for number in range(devices)]
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.base_url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def serve(self) -> None:
        """Until the process ends."""
        while True:
            connection, _ = self._listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        with suppress(OSError), connection, connection.makefile("rb") as incoming:
            while path := target_of(incoming).partition("?")[0]:
                if path == PLAIN:
                    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                    self._stream(connection, lines())
                elif path.endswith(":stream"):
                    head = "Content-Type: application/json\r\nTransfer-Encoding: chunked"
                    connection.sendall(f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode())
                    self._stream(connection, tuple(map(chunk_of, lines(project_in(path)))))
                body = answer_of(path, self._devices)
                head = f"Content-Type: application/json\r\nContent-Length: {len(body)}"
                connection.sendall(f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode() + body)

    def _stream(self, connection: socket.socket, templates: tuple[bytes, ...]) -> None:
        if self._rate:
            stream_at(connection, templates, self._devices, self._rate)
        stream(connection, templates, self._devices)


def target_of(incoming: BinaryIO) -> str:
    """The next request's path and query, its body read; "" where the client is done."""
    first = incoming.readline()
    length = 0
    while (line := incoming.readline()) not in {b"\r\n", b""}:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    incoming.read(length)
    return first.split()[1].decode() if first else ""


def environ_of(base_url: str) -> dict[str, str]:
    """The variables that point clients at a server."""
    return {
        "DCSYNC_API_URL": f"{base_url}/v2",
        "DCSYNC_TOKEN_URL": f"{base_url}/oauth2/token",
        "DT_SERVICE_ACCOUNT_KEY_ID": "bk0md3pm0p7bet3vico8",
        "DT_SERVICE_ACCOUNT_SECRET": "a-secret-of-these-benchmarks-and-no-other",
        "DT_SERVICE_ACCOUNT_EMAIL": "benchmarks@example.serviceaccount.d21s.com",
    }


def main() -> None:
    """Say where it is, and serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=int, default=0)
    parser.add_argument("--devices", type=int, default=100)
    given = parser.parse_args()
    server = Server(given.rate, given.devices)
    print(json.dumps(environ_of(server.base_url)), flush=True)
    server.serve()


if __name__ == "__main__":
    main()

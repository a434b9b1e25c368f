"""An endpoint that takes every push, and costs next to nothing.

`python -m benchmarks.endpoint` prints its URL and serves until it is ended.
"""

from __future__ import annotations

import re
import socket
import threading
from contextlib import suppress

_TAKEN = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


def main() -> None:
    """Say where it is, and serve."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    print(f"http://127.0.0.1:{listener.getsockname()[1]}/dt", flush=True)
    while True:
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=_converse, args=(connection,), daemon=True).start()


def _converse(connection: socket.socket) -> None:
    """A thread a connection, and no more HTTP than the clients here speak."""
    with suppress(OSError), connection:
        rest: bytes | None = b""
        while rest is not None and (rest := _after_request(connection, rest)) is not None:
            connection.sendall(_TAKEN)


def _after_request(connection: socket.socket, rest: bytes) -> bytes | None:
    """What follows the next request, None once there is no more."""
    while (end := rest.find(b"\r\n\r\n")) < 0:
        if not (piece := connection.recv(65536)):
            return None
        rest += piece
    length = _LENGTH.search(rest, 0, end + 2)
    missing = end + 4 + int(length[1] if length else 0) - len(rest)
    while missing > 0:
        if not (piece := connection.recv(65536)):
            return None
        rest, missing = rest + piece, missing - len(piece)
    return rest[len(rest) + missing :] if missing else b""


if __name__ == "__main__":
    main()

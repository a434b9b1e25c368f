"""Whatever bytes a server sends, a call ends in a CloudError and nothing else."""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from dcsync import cloud, errors
from tests.cloud.conftest import FakeTime
from tests.cloud.samples import PROJECT, declared

OK = b"HTTP/1.1 200 OK\r\n"
BODY = b'{"dataConnectors":[],"nextPageToken":""}'
ZIPPED = gzip.compress(BODY)

ANSWERS = {
    "nothing": b"",
    "no HTTP": b"SSH-2.0-OpenSSH_9.6\r\n",
    "half a status line": b"HTTP/1.1 2",
    "no end of headers": OK + b"Content-Length: 5\r\n",
    "headers without end": OK + b"X: y\r\n" * 200 + b"\r\n",
    "a header without end": OK + b"X: " + b"y" * 70_000 + b"\r\n\r\n",
    "a status that is none": b"HTTP/1.1 abc OK\r\n\r\n",
    "an unknown status": b"HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n",
    "a negative length": OK + b"Content-Length: -5\r\n\r\n" + BODY[:-1],
    "two lengths": OK + b"Content-Length: 5, 7\r\n\r\n" + BODY,
    "less than promised": OK + b"Content-Length: 99\r\n\r\n" + BODY,
    "an impossible chunk": OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + BODY,
    "a negative chunk": OK + b"Transfer-Encoding: chunked\r\n\r\n-5\r\n" + BODY,
    "half a chunk": OK + b"Transfer-Encoding: chunked\r\n\r\nff\r\n" + BODY,
    "no gzip": OK + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd",
    "half a gzip": OK + b"Content-Encoding: gzip\r\n\r\n" + ZIPPED[:30],
    "no UTF-8": OK + b"Content-Length: 3\r\n\r\n\xff\xfe\xfd",
    "a redirect to nowhere": b"HTTP/1.1 301 Moved\r\nLocation: http://[::1\r\n\r\n",
    "an early hint and no more": b"HTTP/1.1 103 Early Hints\r\n\r\n",
    "headers of odd bytes": OK + b"X-\xff: \xfe\r\nContent-Length: 2\r\n\r\n[}",
}


class Sender:
    """Answers every connection with the same bytes and closes it."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._thread = threading.Thread(target=self._serve)
        self.answer = b""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}/v2"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):  # a client may hang up first
                connection.recv(65536)
                connection.sendall(self.answer)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65536):
                    pass


@pytest.fixture
def sender() -> Iterator[Sender]:
    """A server of bytes."""
    sender = Sender()
    sender.start()
    yield sender
    sender.stop()


def _stream(client: cloud.Client) -> object:
    with cloud.Reader(client).open_stream(PROJECT) as stream:
        return list(stream)


CALLS: dict[str, Callable[[cloud.Client], object]] = {
    "listing": lambda client: cloud.Reader(client).list_data_connectors(PROJECT),
    "create": lambda client: cloud.Writer(client).create_data_connector(declared()),
    "stream": _stream,
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("answer", ANSWERS)
def test_garbage_is_a_cloud_error(answer: str, call: str, sender: Sender, time: FakeTime) -> None:
    """No bytes make a call fail with anything that is not told in one message."""
    sender.answer = ANSWERS[answer]
    environ = {"DT_SERVICE_ACCOUNT_KEY_ID": "key", "DT_SERVICE_ACCOUNT_SECRET": "word"}

    with (
        cloud.connect(environ, api_url=sender.url, timeout_s=5, clock=time.clock) as client,
        pytest.raises(errors.CloudError) as caught,
    ):
        CALLS[call](client)
    assert not isinstance(caught.value, errors.ConnectionFailed)


@pytest.mark.parametrize("call", ["delete_data_connector", "sync_data_connector"])
@pytest.mark.parametrize("answer", [b"HTTP/1.1 200", OK + b"Content-Le", OK + b"X: y\r\n"])
def test_half_a_head_is_no_success(
    answer: bytes, call: str, sender: Sender, time: FakeTime
) -> None:
    """Not even of a call whose success needs no body."""
    sender.answer = answer
    environ = {"DT_SERVICE_ACCOUNT_KEY_ID": "key", "DT_SERVICE_ACCOUNT_SECRET": "word"}

    with (
        cloud.connect(environ, api_url=sender.url, timeout_s=5, clock=time.clock) as client,
        pytest.raises(errors.ResponseLost),
    ):
        getattr(cloud.Writer(client), call)(PROJECT, PROJECT)


@pytest.mark.parametrize("answer", ANSWERS)
def test_garbage_uses_up_no_connection(answer: str, sender: Sender, time: FakeTime) -> None:
    """A client of one connection goes on after any answer, however often."""
    environ = {"DT_SERVICE_ACCOUNT_KEY_ID": "key", "DT_SERVICE_ACCOUNT_SECRET": "word"}
    with cloud.connect(
        environ, api_url=sender.url, timeout_s=5, clock=time.clock, connections=1
    ) as client:
        sender.answer = ANSWERS[answer]
        for _ in range(2):
            with pytest.raises(errors.CloudError):
                CALLS["create"](client)

        sender.answer = OK + b"Content-Length: %d\r\n\r\n%s" % (len(BODY), BODY)

        assert CALLS["listing"](client) == ()

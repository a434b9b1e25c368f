"""urllib3's pools with connections that cost half of the CPU, and responses with a deadline."""

from __future__ import annotations

from http.client import HTTPResponse
from typing import TYPE_CHECKING, Any

import urllib3
from urllib3 import HTTPHeaderDict

from dcsync.cloud.http.deadline import EndlessResponse, NowS, TimedResponse
from dcsync.cloud.http.heads import request_head

if TYPE_CHECKING:
    from urllib3.connection import HTTPConnection
else:
    HTTPConnection = object


class _Exchanging(HTTPConnection):
    """Sends head and body at once, and hands on the response without looking at it again.

    For the messages of an adapter of ours, which have all the headers that are needed.
    """

    def request(
        self, method: str, url: str, body: Any = None, headers: Any = None, **_: object
    ) -> None:
        if self.sock is not None and (self.sock.gettimeout() or 0) < (self.timeout or 0):
            self.sock.settimeout(self.timeout)  # the last response has left less
        self._method = method
        self.send(b"%b\r\n%b" % (request_head(method, url, headers), body or b""))

    def getresponse(self) -> urllib3.HTTPResponse:  # type: ignore[override]  # as urllib3's own
        response: HTTPResponse = self.response_class(self.sock, method=self._method)
        shutdown = self.sock.shutdown
        try:
            response.begin()
        except BaseException:
            response.close()
            raise
        if response.will_close:
            self.close()
        return urllib3.HTTPResponse(
            body=response,
            headers=HTTPHeaderDict(response.headers.items()),
            status=response.status,
            version=response.version,
            version_string="HTTP/1.1",
            reason=response.reason,
            preload_content=False,
            decode_content=False,
            original_response=response,
            request_method=self._method,
            sock_shutdown=shutdown,
        )


def with_deadline(
    pool: type[urllib3.HTTPConnectionPool], now_s: NowS, *, endless: bool
) -> type[urllib3.HTTPConnectionPool]:
    """A subclass of `pool` whose responses have a deadline."""
    made = EndlessResponse if endless else TimedResponse

    def response_of(connection: Any, sock: Any, *args: Any, **keywords: Any) -> TimedResponse:
        timeout_s = float(connection.timeout or 0)
        return made(sock, *args, now_s=now_s, timeout_s=timeout_s, **keywords)

    kind = pool.ConnectionCls
    connection = type(kind.__name__, (_Exchanging, kind), {"response_class": response_of})
    return type(pool.__name__, (pool,), {"ConnectionCls": connection})

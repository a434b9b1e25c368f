"""A requests adapter with bounded connections, deadlines and one SSL context."""

from __future__ import annotations

import re
import ssl
import threading
from functools import lru_cache
from pathlib import Path
from typing import Any

import certifi
import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.exceptions import InvalidSchema
from urllib3.util.ssl_ import create_urllib3_context

from dcsync.cloud.http.connections import with_deadline
from dcsync.cloud.http.deadline import NowS
from dcsync.errors import ConfigurationError

HOSTS = 16
"""Number of servers whose connections are pooled."""
_SERVER = re.compile("[^/?#]*//[^/?#]*")
_loading = threading.Lock()


class Adapter(HTTPAdapter):
    """Pools connections, direct and through proxies; with `block` the pool size is a limit.

    `endless` responses have a deadline for their status line and headers only. How a server is
    reached is looked up once.
    """

    def __init__(
        self, connections: int, *, block: bool, endless: bool, now_s: NowS, ca_bundle: str | None
    ) -> None:
        self._endless = endless
        self._now_s = now_s
        self._ca_bundle = ca_bundle or certifi.where()
        self._lock = threading.Lock()
        self._pools: dict[str, urllib3.HTTPConnectionPool] = {}
        super().__init__(HOSTS, connections, pool_block=block)

    def init_poolmanager(self, *arguments: Any, **keywords: Any) -> None:
        super().init_poolmanager(*arguments, **keywords)
        self._set_deadlines(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **keywords: Any) -> Any:
        """The manager for `proxy`; threads that ask at the same time get the same one."""
        if proxy.startswith("https:"):
            context = trust(self._ca_bundle)  # older urllib3 uses the first for tunnels only
            keywords |= {"proxy_ssl_context": context, "ssl_context": context}
        with self._lock:
            if proxy not in self.proxy_manager:
                self._set_deadlines(self._new_proxy_manager(proxy, keywords))
            return self.proxy_manager[proxy]

    def get_connection_with_tls_context(
        self, request: requests.PreparedRequest, *arguments: Any, **keywords: Any
    ) -> Any:
        """The pool that requests finds, which takes as long as sending and receiving."""
        server = server_of(request.url or "")
        if server not in self._pools:
            find = super().get_connection_with_tls_context
            self._pools[server] = find(request, *arguments, **keywords)
        return self._pools[server]

    def request_url(self, request: requests.PreparedRequest, proxies: Any) -> str:
        if proxies:
            return super().request_url(request, proxies)
        url = request.url or ""
        target = url[len(server_of(url)) :].partition("#")[0]
        return target if target.startswith("/") else f"/{target}"

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """The host as requests computes it, with our own context: loading a bundle takes 30 ms."""
        host, _ = super().build_connection_pool_key_attributes(request, verify, cert)
        is_tls = host["scheme"] == "https"
        return host, {"ssl_context": trust(self._ca_bundle)} if is_tls else {}

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Do nothing: the context verifies. A bundle set here would be loaded per connection."""

    def build_response(self, req: requests.PreparedRequest, resp: Any) -> requests.Response:
        """Skip cookies and encoding detection, which take as long as everything else."""
        response = requests.Response()
        response.status_code = resp.status
        response.headers.update(resp.headers)
        response.raw = resp
        response.reason = resp.reason
        response.url = req.url or ""
        response.request = req
        response.connection = self
        return response

    def close(self) -> None:
        """Close pooled connections now; urllib3 leaves that to the garbage collector."""
        pools = [*self._pools.values()]
        self._pools.clear()
        for pool in pools:
            pool.close()
        super().close()

    def _new_proxy_manager(self, proxy: str, keywords: dict[str, Any]) -> urllib3.PoolManager:
        try:
            manager: urllib3.PoolManager = super().proxy_manager_for(proxy, **keywords)
        except InvalidSchema:
            raise ConfigurationError(
                "a SOCKS proxy needs the package pysocks; install it beside dcsync, or use an"
                " HTTP proxy"
            ) from None
        return manager

    def _set_deadlines(self, manager: urllib3.PoolManager) -> None:
        manager.pool_classes_by_scheme = {
            scheme: with_deadline(pool, self._now_s, endless=self._endless)
            for scheme, pool in manager.pool_classes_by_scheme.items()
        }


def server_of(url: str) -> str:
    """The part of a URL before its path."""
    found = _SERVER.match(url)
    return found[0] if found else url


def trust(ca_bundle: str) -> ssl.SSLContext:
    """This process's only SSL context for a CA bundle, which may be a file or a directory."""
    with _loading:
        return _context(ca_bundle)


@lru_cache(maxsize=8)
def _context(ca_bundle: str) -> ssl.SSLContext:
    context = create_urllib3_context()
    parameter = "capath" if Path(ca_bundle).is_dir() else "cafile"
    try:
        context.load_verify_locations(**{parameter: ca_bundle})
    except OSError as error:
        reason = "it holds no certificates" if isinstance(error, ssl.SSLError) else error.strerror
        raise ConfigurationError(f"the CA bundle {ca_bundle} cannot be used: {reason}") from None
    return context

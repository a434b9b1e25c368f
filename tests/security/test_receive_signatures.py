"""No token makes `receive` call anybody, and whom it was told to call cannot hold or fill it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from dcsync.receive import DT_ISSUER, Endpoint, KeyRing, PublicKey, PushResponse, fetcher
from dcsync.receive.keys import KeysUnavailable, issuer_problem
from tests.conftest import Dcsync

BODY = b'{"event":{"eventId":"c3s2vd3g1l8ts9ajq5e0"}}'
KEY = generate_private_key(SECP256R1())


class Server:
    """An HTTP server that notes who asks, and answers what a test gives it."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answers: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {}
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append(self.path)
                answer = server.answers.get(self.path.rpartition("/")[2])
                if answer is None:
                    self.send_error(404)
                else:
                    answer(self)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.port = self.http.server_port
        self.issuer = f"http://127.0.0.1:{self.port}/data-connector"
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.01,))
        self.thread.start()

    def publishes(self, **changes: object) -> None:
        """A discovery document and our key, honest but for the changes."""
        numbers = KEY.public_key().public_numbers()
        key = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(KEY.public_key()))
        assert numbers.x
        discovery = {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/jwks", **changes}
        keys = [{**key, "kid": "k", "use": "sig", "alg": "ES256"}]
        self.answers["openid-configuration"] = document(json.dumps(discovery).encode())
        self.answers["jwks"] = document(json.dumps({"keys": keys}).encode())

    def close(self) -> None:
        self.http.shutdown()
        self.thread.join()
        self.http.server_close()


def document(body: bytes, status: int = 200, **headers: str) -> Callable[..., None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


def token(issuer: object, kid: str = "k", body: bytes = BODY) -> str:
    """Signed with our key, for a body of ours: only the issuer has to be believed."""
    import hashlib

    claims = {
        "checksum_sha256": hashlib.sha256(body).hexdigest(),
        "iat": int(time.time()),
        "exp": int(time.time()) + 300,
        "iss": issuer,
    }
    payload = json.dumps(claims).encode()
    return jwt.PyJWS().encode(payload, KEY, algorithm="ES256", headers={"kid": kid})


def push(scheme: PublicKey, text: str) -> PushResponse:
    headers = (("dt-asymmetric-signature", text),)
    return Endpoint([scheme], requires_signature=True).receive(headers, BODY)


def spellings(port: int) -> list[object]:
    """Issuers that one parser or another takes for a trusted one, or for this machine."""
    here = f"127.0.0.1:{port}"
    dt = "identity.disruptive-technologies.com"
    return [
        *(
            f"http://{here}",
            f"http://{here}/",
            f"http://{here}/data-connector",
            f"http://localhost:{port}",
        ),
        *(
            f"http://{here}\\@127.0.0.1",
            f"http://{here}\\@{dt}/data-connector",
            f"http://{here}@127.0.0.1",
        ),
        *(f"https://{dt}@{here}/data-connector", f"https://{dt}\\@{here}/data-connector"),
        *(f"{DT_ISSUER}/", f"{DT_ISSUER}?", f"{DT_ISSUER}#", f" {DT_ISSUER}", f"{DT_ISSUER}\n"),
        *(f"{DT_ISSUER}\0", DT_ISSUER.upper(), DT_ISSUER.replace("https", "http")),
        *(
            f"https://{dt}:443/data-connector",
            f"https://{dt}./data-connector",
            f"https://{dt}//data-connector",
        ),
        *(
            f"https://{dt}/./data-connector",
            f"https://{dt}/data%2dconnector",
            f"https:\\\\{dt}\\data-connector",
        ),
        *(
            f"http://{here}/?{DT_ISSUER}",
            f"http://{here}/#{DT_ISSUER}",
            f"http://{here}/{DT_ISSUER}",
        ),
        *(
            f"//{here}",
            f"file://{here}/etc/passwd",
            f"http://[::ffff:127.0.0.1]:{port}",
            f"http://0:{port}",
        ),
        *(
            f"http://2130706433:{port}",
            f"http://0x7f.1:{port}",
            f"http://x.localhost:{port}",
            f"HTTP://{here}",
        ),
        *(f"http://１２７.0.0.1:{port}", f"http://127。0。0。1:{port}"),  # noqa: RUF001
        *("", None, 7, True, [DT_ISSUER], {"iss": DT_ISSUER}),
    ]


def test_no_token_makes_receive_call_anybody(server: Server) -> None:
    """Whatever issuer a token names, nobody is asked for its keys but who was named beforehand."""
    server.publishes()
    asked: list[str] = []

    def fetch(url: str) -> bytes:
        asked.append(url)
        return fetcher({})(url)

    scheme = PublicKey(KeyRing(fetch, lambda: 0.0))
    for issuer in spellings(server.port):
        answer = push(scheme, token(issuer))

        assert answer.status == 401, issuer
        assert "not trusted" in answer.reason
    assert (asked, server.asked) == ([], [])


def test_an_issuer_that_was_named_is_asked(server: Server) -> None:
    """The same token is good once its issuer is one that was asked for, spelt exactly so."""
    server.publishes()
    scheme = PublicKey(KeyRing(fetcher({}), lambda: 0.0), [server.issuer])

    assert push(scheme, token(server.issuer)).status == 200
    for issuer in spellings(server.port):
        if issuer != server.issuer:
            assert push(scheme, token(issuer)).status == 401
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    "uri",
    [
        *(
            "http://localhost:{port}/jwks",
            "http://127.0.0.2:{port}/jwks",
            "http://127.0.0.1:1/jwks",
        ),
        *("https://127.0.0.1:{port}/jwks", "http://127.0.0.1:{port}@example.com/jwks"),
        *("http://127.0.0.1:{port}\\@example.com/jwks", "http://user@127.0.0.1:{port}/jwks"),
        *("http://127.0.0.1:{port}.example.com/jwks", "http://127.0.0.1:{port}0/jwks", "/jwks"),
        *(
            "//127.0.0.1:{port}/jwks",
            "http://127.0.0.1:{port}/jwks?x",
            "http://127.0.0.1:{port}/%6awks",
        ),
        *(
            "http://127.0.0.1:{port}/../jwks",
            "http://127.0.0.1:{port}/jwks\n",
            "https://example.com/jwks",
        ),
    ],
)
def test_keys_come_from_the_issuers_own_origin(server: Server, uri: str) -> None:
    """Discovery cannot send `receive` elsewhere."""
    server.publishes(jwks_uri=uri.replace("{port}", str(server.port)))
    asked: list[str] = []

    def fetch(url: str) -> bytes:
        asked.append(url)
        return fetcher({})(url)

    answer = push(PublicKey(KeyRing(fetch, lambda: 0.0), [server.issuer]), token(server.issuer))

    assert answer.status == 503
    assert "names no jwks_uri on its own origin" in answer.reason
    assert len(asked) == 1


def test_redirects_are_not_followed(server: Server) -> None:
    """Neither of the two documents may be elsewhere."""
    server.publishes()
    there = f"http://127.0.0.1:{server.port}/there"
    for name in ("jwks", "openid-configuration"):
        server.answers[name] = document(b"", 302, Location=there)
        ring = KeyRing(fetcher({}), lambda: 0.0)
        with pytest.raises(KeysUnavailable, match="returned 302"):
            ring.key(server.issuer, "k")
    assert "/there" not in server.asked


def test_a_document_has_a_size(server: Server) -> None:
    """A huge one is given up early, declared so or not."""
    server.answers["huge"] = document(b" " * 300_000)
    with pytest.raises(KeysUnavailable, match="more than 262144 bytes"):
        fetcher({})(f"{server.issuer}/huge")

    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(b" " * 65_536)

    server.http.handle_error = lambda *_: None  # type: ignore[method-assign]
    server.answers["endless"] = endless
    with pytest.raises(KeysUnavailable, match="more than 262144 bytes"):
        fetcher({})(f"{server.issuer}/endless")


@pytest.mark.slow
@pytest.mark.parametrize("part", ["head", "body"])
def test_a_document_has_its_time(server: Server, part: str) -> None:
    """A server that drips is waited for no longer than one that is silent."""
    over = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        if part == "body":
            handler.send_response(200)
            handler.end_headers()
        else:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        while not over.wait(0.02):
            handler.wfile.write(b"a")

    server.http.handle_error = lambda *_: None  # type: ignore[method-assign]
    server.answers["drip"] = drip
    fetch = fetcher({}, timeout_s=0.2)
    for _ in range(2):
        with pytest.raises(KeysUnavailable, match=r"did not respond in time|has not responded yet"):
            fetch(f"{server.issuer}/drip")
    over.set()
    assert server.asked.count("/data-connector/drip") == 1


def test_strangers_cause_two_calls_in_five_seconds_at_most(server: Server) -> None:
    """Made-up key ids from many threads at once cost one look."""
    server.publishes()
    ring = KeyRing(fetcher({}), lambda: 0.0)
    scheme = PublicKey(ring, [server.issuer])
    assert push(scheme, token(server.issuer)).status == 200

    threads = [
        threading.Thread(target=push, args=(scheme, token(server.issuer, f"made-up-{number}")))
        for number in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(server.asked) == 4
    assert push(scheme, token(server.issuer)).status == 200


def test_known_keys_are_used_while_others_are_looked_for(server: Server) -> None:
    """A slow look for a made-up key holds up nobody whose key is known."""
    server.publishes()
    looking, go_on = threading.Event(), threading.Event()
    quick = fetcher({})

    def fetch(url: str) -> bytes:
        if len(server.asked) >= 2:
            looking.set()
            assert go_on.wait(10)
        return quick(url)

    scheme = PublicKey(KeyRing(fetch, lambda: 0.0), [server.issuer])
    assert push(scheme, token(server.issuer)).status == 200
    other = threading.Thread(target=push, args=(scheme, token(server.issuer, "made-up")))
    other.start()
    assert looking.wait(10)
    assert push(scheme, token(server.issuer)).status == 200
    go_on.set()
    other.join()


def test_keys_that_cannot_be_renewed_are_good_for_a_day() -> None:
    """An issuer out of reach is forgiven for some time, not for ever."""
    now_s, reachable = [0.0], [True]
    numbers = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(KEY.public_key()))

    def fetch(url: str) -> bytes:
        if not reachable[0]:
            raise KeysUnavailable("away")
        found = {"issuer": DT_ISSUER, "jwks_uri": f"{DT_ISSUER}/jwks"}
        return json.dumps({"keys": [{**numbers, "kid": "k"}]} if "jwks" in url else found).encode()

    ring = KeyRing(fetch, lambda: now_s[0])
    assert ring.key(DT_ISSUER, "k")
    reachable[0], now_s[0] = False, 80_000.0
    assert ring.key(DT_ISSUER, "k")
    now_s[0] = 86_400.0
    with pytest.raises(KeysUnavailable, match="away"):
        ring.key(DT_ISSUER, "k")


@pytest.mark.parametrize(
    "url",
    [
        *("http://example.com/x", "example.com", "https://", "ftp://example.com", "https://a b/"),
        *(
            "https://user@example.com",
            "https://user:pw@example.com/x",
            "https://a\\@b/",
            "https://a\\b",
        ),
        *(
            "https://example.com/%2e",
            "https://example.com/x?y",
            "https://example.com/#x",
            "https://a/../b",
        ),
        *(
            "https://exämple.com",
            "https://example.com.",
            "https://example.com.:443/x",
            "http://localhost./x",
        ),
        *(
            "http://127.1/x",
            "http://x.localhost/x",
            "https://[::2]/x",
            "http://[::ffff:127.0.0.1]/x",
            "\n",
        ),
    ],
)
def test_an_issuer_is_a_plain_url(dcsync: Dcsync, url: str) -> None:
    """`--issuer` takes what reads in one way only: https, or http on this machine."""
    assert issuer_problem(url)
    if url == "https://user:pw@example.com/x":
        answer = dcsync("receive", "--issuer", url)
        assert (answer.returncode, "pw" in answer.stderr) == (64, False)
        assert answer.stderr.startswith("dcsync: --issuer: must look like https://host/path")


@pytest.mark.parametrize(
    "url", [DT_ISSUER, "https://example.com", "http://[::1]:8080/x", "http://localhost:8080/a/b"]
)
def test_plain_issuers_are_taken(url: str) -> None:
    """DT's own, other hosts and this machine."""
    assert issuer_problem(url) is None

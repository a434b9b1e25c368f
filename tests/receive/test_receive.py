"""The local endpoint: what it accepts, what it refuses and why, on a real socket."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue
from typing import Any
from urllib.parse import urlsplit

import jwt
import pytest

from dcsync.model import Secret
from dcsync.receive import (
    Endpoint,
    FaultInjection,
    KeyRing,
    PublicKey,
    PushResponse,
    SharedSecret,
    serving,
)

SECRET = "short-secret"

BODY = json.dumps(
    {
        "event": {
            "eventId": "c3s2vd3g1l8ts9ajq5e0",
            "targetName": "projects/c0md3pm0p7bet3vico8g/devices/c14u9p094l47cdv1o3pg",
            "eventType": "temperature",
            "data": {"temperature": {"value": 21.5, "updateTime": "2026-03-01T12:00:00.123456Z"}},
            "timestamp": "2026-03-01T12:00:00.123456Z",
        },
        "labels": {"name": "Fridge", "room": "99"},
        "metadata": {
            "deviceId": "c14u9p094l47cdv1o3pg",
            "projectId": "c0md3pm0p7bet3vico8g",
            "deviceType": "temperature",
            "productNumber": "",
        },
    },
    separators=(",", ":"),
).encode()


def signed(body: bytes, secret: str = SECRET, **claims: Any) -> str:
    """An `X-Dt-Signature` of this body; a claim of None is left out."""
    now = int(time.time())
    every = {
        "checksum": hashlib.sha1(body, usedforsecurity=False).hexdigest(),
        "checksum_sha256": hashlib.sha256(body).hexdigest(),
        "iat": now,
        "exp": now + 3600,
        "jti": "c3s2vd3g1l8ts9ajq5eg",
        **claims,
    }
    return jwt.encode(
        {name: value for name, value in every.items() if value is not None},
        secret.encode().ljust(32, b"\0"),
        algorithm="HS256",
    )


def post(url: str, body: bytes, headers: Mapping[str, str] | None = None) -> tuple[int, str]:
    """ParsedPush as the cloud would: the status and the reason that came back."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    try:
        connection.request("POST", "/dt", body, dict(headers or {}))
        answer = connection.getresponse()
        return answer.status, answer.read().decode().strip()
    finally:
        connection.close()


Serve = Callable[[Endpoint], tuple[str, SimpleQueue[PushResponse]]]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serves an endpoint for the test: its URL, and the answers it has given."""
    with ExitStack() as stack:

        def start(endpoint: Endpoint) -> tuple[str, SimpleQueue[PushResponse]]:
            answers: SimpleQueue[PushResponse] = SimpleQueue()
            return stack.enter_context(serving(endpoint, 0, answers.put)), answers

        yield start


def outcome(url: str, answers: SimpleQueue[PushResponse]) -> str:
    """What becomes of one more push."""
    status, _ = post(url, BODY)
    answer = answers.get(timeout=10)
    assert answer.status == status
    return answer.outcome


def signed_endpoint(limit: int | None = None) -> Endpoint:
    return Endpoint([SharedSecret({"DT_SIGNATURE_SECRET": Secret(SECRET)})], limit=limit)


def test_a_rightly_signed_push_is_accepted(serve: Serve) -> None:
    """A push with a good signature is answered 200 and delivered as it came."""
    url, answers = serve(signed_endpoint())

    assert post(url, BODY, {"X-DT-SIGNATURE": signed(BODY)}) == (200, "accepted")
    delivery = answers.get(timeout=10).accepted
    assert delivery is not None
    assert delivery.event == json.loads(BODY)["event"]
    assert delivery.signatures == ("X-Dt-Signature",)


ANOTHER = "the signature was made with a different secret"
DIFFERS = "differs: this is not the body that was signed"
BAD_SIGNATURES: dict[str, tuple[str | None, str]] = {
    "no header": (None, "the header is missing"),
    "no token": ("nonsense", "the signature is not a valid token"),
    "too long": (signed(BODY, jti="x" * 8192), "the signature is not a valid token"),
    "another secret": (signed(BODY, "another"), ANOTHER),
    "expired": (signed(BODY, exp=int(time.time()) - 12_600), "expired 3 h ago"),
    "never expires": (signed(BODY, exp=None), "the signature has no exp"),
    "of no time": (signed(BODY, iat=None), "the signature has no iat"),
    "expires at no number": (signed(BODY, exp="2100-01-01T00:00:00Z"), "exp is not a time"),
    "expires at a string of digits": (signed(BODY, exp="9999999999"), "exp is not a time"),
    "expires at true": (signed(BODY, exp=True), "exp is not a time"),
    "expires beyond all time": (signed(BODY, exp=10**400), "exp is not a time"),
    "from the future": (
        signed(BODY, iat=int(time.time()) + 19_800),
        "signed 5 h in the future",
    ),
    "not yet good": (signed(BODY, nbf=int(time.time()) + 19_800), "signed 5 h in the future"),
    "another body": (
        signed(BODY + b" "),
        f"checksum_sha256 {DIFFERS}; checksum {DIFFERS}",
    ),
    "another body, old scheme": (signed(BODY + b" ", checksum_sha256=None), f"checksum {DIFFERS}"),
    "one checksum wrong": (signed(BODY, checksum="0" * 40), f"checksum {DIFFERS}"),
    "a checksum that is no string": (
        signed(BODY, checksum_sha256=7),
        f"checksum_sha256 {DIFFERS}",
    ),
    "no checksum": (
        signed(BODY, checksum=None, checksum_sha256=None),
        "the signature has no checksum_sha256",
    ),
    "everything at once": (
        signed(BODY + b" ", "another", checksum=None, exp=int(time.time()) - 200_000),
        f"{ANOTHER}; checksum_sha256 {DIFFERS}; expired 2 d ago",
    ),
}


@pytest.mark.parametrize("name", BAD_SIGNATURES)
def test_a_bad_signature_is_refused_with_its_reason(serve: Serve, name: str) -> None:
    """Each way a signature can be bad is answered 401, with a reason, and delivers nothing."""
    token, reason = BAD_SIGNATURES[name]
    url, answers = serve(signed_endpoint())

    status, said = post(url, BODY, {"X-Dt-Signature": token} if token else {})

    assert (status, said) == (401, f"X-Dt-Signature: {reason}")
    assert answers.get(timeout=10).accepted is None


def token(header: object, claims: object = None, secret: str = SECRET) -> str:
    """Any header over claims that are otherwise good, truly signed."""
    good = jwt.decode(signed(BODY), options={"verify_signature": False})
    parts = [header, good if claims is None else claims]
    text = ".".join(
        urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts
    )
    digest = hmac.digest(secret.encode(), text.encode(), "sha256")
    return f"{text}.{urlsafe_b64encode(digest).decode().rstrip('=')}"


FORGED = {
    "none": token({"alg": "none"}),
    "none without a signature": token({"alg": "none"}).rpartition(".")[0] + ".",
    "None": token({"alg": "nOnE"}),
    "HS512": token({"alg": "HS512"}),
    "RS256": token({"alg": "RS256"}),
    "ES256": token({"alg": "ES256", "kid": "x"}),
    "a list": token({"alg": ["HS256"]}),
    "no algorithm": token({"typ": "JWT"}),
    "a critical extension": token({"alg": "HS256", "crit": ["exp"], "exp": 1}),
    "a detached payload": token({"alg": "HS256", "b64": False, "crit": ["b64"]}),
    "no header": token(7),
    "claims that are none": token({"alg": "HS256"}, []),
    "two tokens": f"{signed(BODY)}, {signed(BODY)}",
    "a quoted token": f'"{signed(BODY)}"',
    "padding": signed(BODY) + "=",
    "another part": signed(BODY) + ".x",
    "a bearer": f"Bearer {signed(BODY)}",
    "empty": "",
}


@pytest.mark.parametrize("name", FORGED)
def test_a_token_of_another_form_is_refused(serve: Serve, name: str) -> None:
    """The algorithm is never the token's to choose, and nothing but one plain token is read."""
    url, answers = serve(signed_endpoint())

    assert post(url, BODY, {"X-Dt-Signature": FORGED[name]})[0] == 401
    assert answers.get(timeout=10).accepted is None


def test_a_header_that_is_there_twice_is_refused(serve: Serve) -> None:
    """Two signatures, though both are good, are not one: somebody added a header."""
    url, _ = serve(signed_endpoint())
    good = signed(BODY)
    head = f"POST / HTTP/1.1\r\nContent-Length: {len(BODY)}\r\nX-Dt-Signature: {good}\r\n"
    with socket.create_connection(("127.0.0.1", urlsplit(url).port or 0)) as connection:
        connection.settimeout(10)
        connection.sendall(f"{head}x-dt-signature: {good}\r\n\r\n".encode() + BODY)
        answer = connection.recv(1000).decode()

    assert answer.startswith("HTTP/1.1 401 ")
    assert "X-Dt-Signature: the header is present 2 times" in answer


def test_every_reason_is_given(serve: Serve) -> None:
    """What is wrong with each signature and with the body comes in one answer."""
    body = b"{}"
    url, _ = serve(Endpoint([SharedSecret({"A": Secret(SECRET)}), PublicKey(no_keys())]))
    headers = {
        "X-Dt-Signature": signed(BODY, exp=int(time.time()) - 90, checksum=None),
        "DT-Asymmetric-Signature": "nonsense",
    }

    assert post(url, body, headers) == (
        401,
        f"X-Dt-Signature: checksum_sha256 {DIFFERS}; expired 1 min ago; "
        "DT-Asymmetric-Signature: the signature is not a valid token; the body is not an event",
    )


def no_keys() -> KeyRing:
    """Keys that nobody asks for."""

    def fetch(url: str) -> bytes:
        raise AssertionError(url)

    return KeyRing(fetch, lambda: 0.0)


@pytest.mark.parametrize("name", ["OLD", "NEW"])
def test_either_of_two_secrets_is_good(serve: Serve, name: str) -> None:
    """While a secret is rotated both are taken, and it is told which one fits."""
    secrets = {"OLD": Secret("old-secret"), "NEW": Secret("new-secret")}
    url, answers = serve(Endpoint([SharedSecret(secrets)]))

    assert post(url, BODY, {"X-Dt-Signature": signed(BODY, secrets[name].reveal())})[0] == 200
    delivery = answers.get(timeout=10).accepted
    assert delivery is not None
    assert delivery.signer == name
    assert post(url, BODY, {"X-Dt-Signature": signed(BODY, "third")})[0] == 401


def test_expiry_can_be_ignored_and_nothing_else(serve: Serve) -> None:
    """A captured delivery is checked against its secret, however old it is."""
    url, answers = serve(Endpoint([SharedSecret({"A": Secret(SECRET)}, rejects_expired=False)]))
    old: dict[str, Any] = {"iat": int(time.time()) - 93_600, "exp": int(time.time()) - 90_000}

    assert post(url, BODY, {"X-Dt-Signature": signed(BODY, **old)})[0] == 200
    delivery = answers.get(timeout=10).accepted
    assert delivery is not None
    assert delivery.expired == "expired 1 d ago"
    for bad in (
        signed(BODY, "another", **old),
        signed(BODY + b" ", **old),
        signed(BODY, iat=None, exp=old["exp"]),
        signed(BODY, iat=old["iat"], exp=None),
        signed(BODY, iat=int(time.time()) + 600, exp=old["exp"]),
    ):
        assert post(url, BODY, {"X-Dt-Signature": bad})[0] == 401


@pytest.mark.parametrize("left_out", ["checksum", "checksum_sha256"])
def test_one_checksum_is_enough(serve: Serve, left_out: str) -> None:
    """Old senders sign SHA-1 only, newer ones may sign SHA-256 only."""
    url, _ = serve(signed_endpoint())
    claims: dict[str, Any] = {left_out: None}

    assert post(url, BODY, {"X-Dt-Signature": signed(BODY, **claims)})[0] == 200


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"event": 1}', b"\xff", b"[" * 5000])
def test_what_is_no_event_is_refused(serve: Serve, body: bytes) -> None:
    """Well-signed nonsense is answered 400, never with a traceback."""
    url, _ = serve(signed_endpoint())

    assert post(url, body, {"X-Dt-Signature": signed(body)}) == (400, "the body is not an event")


def test_without_a_secret_everything_is_accepted_and_marked_so(serve: Serve) -> None:
    """An endpoint that knows no secret checks nothing, and says that it did not."""
    url, answers = serve(Endpoint([]))

    assert post(url, BODY)[0] == 200
    delivery = answers.get(timeout=10).accepted
    assert delivery is not None
    assert delivery.signatures == ()


def test_a_repeated_event_is_marked(serve: Serve) -> None:
    """At-least-once delivery repeats events; the second one is told apart by its eventId."""
    url, answers = serve(Endpoint([]))

    assert [outcome(url, answers) for _ in range(2)] == ["accepted", "duplicate"]


def test_failing_on_purpose_follows_the_dice(serve: Serve) -> None:
    """The fail rate is compared with one throw a push, after its signature was checked."""
    throws = iter([0.1, 0.9])
    url, answers = serve(Endpoint([], FaultInjection(0.5, random=lambda: next(throws))))

    assert [outcome(url, answers) for _ in range(2)] == ["failed", "accepted"]


def test_the_delay_comes_before_the_answer(serve: Serve) -> None:
    """A delayed endpoint waits as long as it was told."""
    waits: list[float] = []
    url, _ = serve(Endpoint([], FaultInjection(delay_s=12.5, sleep=waits.append)))

    post(url, BODY)

    assert waits == [12.5]


def test_no_more_is_accepted_than_asked_for() -> None:
    """Of many pushes at once exactly as many are accepted as the limit allows."""
    endpoint = Endpoint([], limit=3)
    statuses: list[int] = []

    def push() -> None:
        statuses.append(endpoint.receive((), BODY).status)

    threads = [threading.Thread(target=push) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [200] * 3 + [503] * 5


class Receiver:
    """`dcsync receive` as a process; `url` is where it listens."""

    def __init__(self, folder: Path, *arguments: str, **environ: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dcsync", "receive", *arguments],
            cwd=folder,
            env={**os.environ, **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stderr is not None
        self.url = self.process.stderr.readline().split()[-1]

    def end(self) -> tuple[int, str, str]:
        """Its exit code and what else it printed."""
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err


@pytest.mark.slow
def test_the_command_prints_events_and_ends_after_its_count(tmp_path: Path) -> None:
    """`receive --count` prints each accepted push as a line, tells refusals, and ends with 0."""
    receiver = Receiver(tmp_path, "--count", "2", "--url-file", "url", DT_SIGNATURE_SECRET=SECRET)
    assert (tmp_path / "url").read_text() == f"{receiver.url}\n"
    post(receiver.url, BODY)
    for _ in range(2):
        assert post(receiver.url, BODY, {"X-Dt-Signature": signed(BODY)})[0] == 200

    code, out, err = receiver.end()

    start = "2026-03-01 12:00:00.123  c0md3pm0p7bet3vico8g"
    assert code == 0
    assert out.splitlines() == [
        f"{start}  Fridge            room=99  temperature    21.5 °C  [signed: X-Dt-Signature]",
        f"{start}  Fridge            room=99  temperature    21.5 °C"
        "  [signed: X-Dt-Signature] [duplicate]",
    ]
    assert err.splitlines() == [
        "401: X-Dt-Signature: the header is missing",
        "2 accepted, 1 of them duplicates, 1 refused.",
    ]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_the_normal_end(tmp_path: Path, number: signal.Signals) -> None:
    """Ctrl-C and SIGTERM end `receive` with its summary and 0; JSON lines were flushed at once."""
    receiver = Receiver(tmp_path, "--format", "json")
    post(receiver.url, BODY)
    assert receiver.process.stdout is not None
    line = json.loads(receiver.process.stdout.readline())
    receiver.process.send_signal(number)

    code, out, err = receiver.end()

    assert (code, out, err) == (0, "", "1 accepted, 0 refused.\n")
    assert line["eventType"] == "temperature"
    assert (line["signatures"], line["duplicate"]) == ([], False)


@pytest.mark.slow
def test_too_few_in_time_is_exit_4(dcsync: Callable[..., Any]) -> None:
    """`--count` that does not come within `--duration` is 4, like `watch`."""
    assert dcsync("receive", "--count", "1", "--duration", "0").returncode == 4


@pytest.mark.parametrize(
    "arguments", [["--secret-env", "UNSET"], ["--port", "70000"], ["--fail-rate", "2"]]
)
def test_wrong_usage_is_exit_64(dcsync: Callable[..., Any], arguments: list[str]) -> None:
    """An unset secret, an impossible port or rate is a message and 64, no traceback."""
    answer = dcsync("receive", *arguments)

    assert answer.returncode == 64
    assert arguments[1] in answer.stderr


@pytest.mark.slow
def test_a_taken_port_is_a_message(dcsync: Callable[..., Any], serve: Serve) -> None:
    """A port that someone else has is named, with 1: nothing is wrong with the command line."""
    url, _ = serve(Endpoint([]))
    port = str(urlsplit(url).port)

    answer = dcsync("receive", "--port", port)

    assert (answer.returncode, answer.stderr) == (
        1,
        f"dcsync: cannot listen on port {port}: Address already in use\n",
    )

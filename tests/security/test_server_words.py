"""No words of a server show a secret, whichever way it repeats one."""

from __future__ import annotations

import io
import json
import os
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcsync import cli, cloud, errors
from dcsync.cloud.messages.secrets import Secrets
from dcsync.cloud.messages.server_messages import WITHHELD, presentable
from dcsync.cloud.messages.vocabulary import WORDS
from tests.cloud.samples import PROJECT, page
from tests.cloud.server import Asked, Say, ScriptedServer
from tests.security.disguises import DISGUISES

TEMPLATES = [
    "{}",
    "invalid secret {}",
    "invalid secret '{}' given",
    "the value {} is not a valid header",
    "{}: not found",
    "signature_secret={}",
    'cannot use "{}"',
]

printable = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=6, max_size=40)
digits = st.text("0123456789", min_size=4, max_size=12)
hexadecimal = st.text("0123456789abcdef", min_size=32, max_size=32)
words = st.lists(st.sampled_from(sorted(WORDS)), min_size=2, max_size=6)
phrases = st.builds(lambda joint, each: joint.join(each), st.sampled_from(" -_./"), words)
unicode = st.text(st.characters(exclude_categories=["Cs"]), min_size=6, max_size=30)
secrets = st.one_of(printable, digits, hexadecimal, phrases, unicode)
disguises = st.lists(st.sampled_from(sorted(DISGUISES)), min_size=1, max_size=3)


def _disguised(secret: str, chain: list[str]) -> str:
    for name in chain:
        secret = DISGUISES[name](secret)
    return secret


def _words_of(text: str) -> set[str]:
    return {each.strip("'\"`.,:;()…") for each in text.split()} - {"", "and"}


@pytest.mark.slow
@settings(max_examples=500)
@given(secrets, disguises, st.sampled_from(TEMPLATES))
def test_of_a_message_with_a_secret_only_the_rest_is_shown(
    secret: str, chain: list[str], template: str
) -> None:
    """Nothing of the secret in any disguise: the frame around it with `…` for it, or nothing."""
    known = Secrets()
    known.add([secret])

    shown = presentable(template.format(_disguised(secret, chain)), known)

    assert shown in ("", WITHHELD) or _words_of(shown) <= _words_of(template.format(" "))


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize(
    "secret",
    [
        "0123456789abcdef0123456789abcdef",
        "correct horse battery staple",
        "invalid url given for the connector",
        "Tr0ub4dor&3",
        "48213",
    ],
)
def test_each_disguise_is_seen_through(secret: str, disguise: str) -> None:
    """One by one, in each frame."""
    known = Secrets()
    known.add([secret])
    for template in TEMPLATES:
        shown = presentable(template.format(DISGUISES[disguise](secret)), known)
        assert shown in ("", WITHHELD) or _words_of(shown) <= _words_of(template.format(" "))


ACCOUNT_SECRET = "8f14e45fceea167a5a36dedd4bea2543"
SIGNATURE = "hunter2-of-the-north"
HEADER = "Bearer nine lives of a tiger"
QUERY = "zebra-crossing-77"
TOKEN = "opaque.access.token-value"
BASIC = "YzE2cGVnaXBpZGllN2xsdHJlZjA6OGYxNGU0NWZjZWVhMTY3YTVhMzZkZWRkNGJlYTI1NDM="
LIVE = "octopus garden 1969"
HELD = {
    "account": ACCOUNT_SECRET,
    "signature": SIGNATURE,
    "header": HEADER,
    "query": QUERY,
    "token": TOKEN,
    "basic": BASIC,
    "live": LIVE,
}
DECLARATION = f"""dcsync: 1
project: {PROJECT}
policy: {{prune: none}}
connectors:
  ingest:
    display_name: Ingest
    config:
      url: https://example.com/dt?key=${{env:QUERY}}
      signature_secret: ${{env:SIGNATURE}}
      headers: {{Authorization: "${{env:HEADER}}"}}
"""
LISTED = {
    "name": f"projects/{PROJECT}/dataconnectors/c16pegipidie7lltrefg",
    "displayName": "other",
    "type": "HTTP_PUSH",
    "status": "ACTIVE",
    "events": [],
    "labels": [],
    "httpConfig": {"url": "https://example.com", "signatureSecret": LIVE, "headers": {}},
}


@dataclass
class Echo:
    """A cloud whose calls of one kind fail with a message."""

    kind: str
    text: str

    def __call__(self, asked: Asked) -> Say:
        if self.kind == "token" or asked.path == "/token":
            return self._token(asked)
        if self.kind == "listing" or asked.method != "GET":
            return self._refused()
        return Say(body=page(LISTED))

    def _token(self, asked: Asked) -> Say:
        if self.kind != "token":
            return Say(body={"access_token": TOKEN, "expires_in": 3600})
        text = f"{self.text} {asked.body.decode()}" if "assertion" in self.text else self.text
        return Say(400, {"error": "invalid_grant", "error_description": text})

    def _refused(self) -> Say:
        headers = {"Location": f"https://example.com/{self.text.encode().hex()}"}
        return {
            "flat": Say(400, {"error": self.text, "code": 400}, headers),
            "nested": Say(400, {"error": {"message": self.text, "code": 3}}),
            "described": Say(409, {"error": "conflict", "error_description": self.text}),
            "message": Say(403, {"message": self.text}),
            "unauthorized": Say(401, {"error": self.text}),
            "redirect": Say(302, {"error": self.text}, headers),
            "listing": Say(404, {"error": self.text}),
            "html": Say(400, raw=f"<html>{self.text}</html>".encode()),
            "batch": Say(400, {"batchErrors": [{"status": {"message": self.text}}]}),
            "deep": Say(400, {"error": {"error": {"error": {"error": {"error": self.text}}}}}),
            "list": Say(400, [self.text]),
            "success": Say(200, {"name": self.text, "error": self.text}),
        }[self.kind]


KINDS = [
    "flat", "nested", "described", "message", "unauthorized", "redirect", "listing", "html",
    "batch", "deep", "list", "success", "token",
]  # fmt: skip


@contextmanager
def _environment(server: ScriptedServer, *, basic: bool) -> Iterator[None]:
    email = {} if basic else {"DT_SERVICE_ACCOUNT_EMAIL": "a@b.serviceaccount.d21s.com"}
    given_values = {
        **server.environ,
        "DT_SERVICE_ACCOUNT_SECRET": ACCOUNT_SECRET,
        "SIGNATURE": SIGNATURE,
        "HEADER": HEADER,
        "QUERY": QUERY,
    }
    del given_values["DT_SERVICE_ACCOUNT_EMAIL"]
    with patch.dict(os.environ, {**given_values, **email}):
        yield


def _run(server: ScriptedServer, folder: Path, arguments: list[str], *, basic: bool) -> str:
    out, err = io.StringIO(), io.StringIO()
    with _environment(server, basic=basic), redirect_stdout(out), redirect_stderr(err):
        code = cli.main([*arguments, "-f", str(folder), "-vv", "--timeout", "5"])
    assert code in (0, 1)
    return out.getvalue() + err.getvalue()


@pytest.fixture(scope="module")
def server() -> Iterator[ScriptedServer]:
    """One server for all examples."""
    with ScriptedServer().running() as running:
        yield running


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A declaration with a secret in each place that may hold one."""
    folder: Path = tmp_path_factory.mktemp("declared")
    (folder / "d.yaml").write_text(DECLARATION)
    return folder


COMMANDS = [
    [
        command,
        "--format",
        form,
        *(["--auto-approve", "--settle", "0"] if command == "apply" else []),
    ]
    for command in ("apply", "plan")
    for form in ("text", "json", "markdown")
]


@pytest.mark.slow
@settings(max_examples=40)
@given(
    held=st.sampled_from(sorted(HELD)),
    chain=disguises,
    template=st.sampled_from(TEMPLATES),
    kind=st.sampled_from(KINDS),
    command=st.sampled_from(COMMANDS),
    basic=st.booleans(),
)
def test_no_command_prints_what_a_server_repeats(
    server: ScriptedServer,
    folder: Path,
    held: str,
    chain: list[str],
    template: str,
    kind: str,
    command: list[str],
    basic: bool,
) -> None:
    """Over real sockets, in every format, with -vv: neither the secret nor its disguise."""
    repeated = _disguised(HELD[held], chain)
    server.token = server.otherwise = Echo(kind, template.format(repeated))

    printed = _run(server, folder, command, basic=basic)

    assert not [name for name, secret in HELD.items() if secret in printed]
    if len(repeated) > 8 and repeated != "application":
        assert repeated not in printed


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("held", HELD)
def test_each_kind_of_error_is_safe(
    kind: str, held: str, server: ScriptedServer, folder: Path
) -> None:
    """Every secret of the process in every place where words of a server are read."""
    server.token = server.otherwise = Echo(kind, f"{HELD[held]} and {HELD[held].upper()}")

    printed = _run(server, folder, COMMANDS[0], basic=held == "basic")

    assert not [name for name, secret in HELD.items() if secret.lower() in printed.lower()]


def test_useful_words_come_through(server: ScriptedServer, folder: Path) -> None:
    """What is wrong is still told where it is told in plain words."""
    server.token = server.otherwise = Echo("flat", "display name 'Ingest' is too long (max 64)")

    printed = _run(server, folder, COMMANDS[0], basic=False)

    assert "400: display name 'Ingest' is too long (max 64)" in printed


def _frames(error: BaseException | None) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    waiting = [error]
    while waiting:
        each = waiting.pop()
        if each is not None and each not in seen:
            seen.append(each)
            yield each
            waiting += [each.__cause__, each.__context__]


STREAMED = [
    {"error": {"code": 3, "message": SIGNATURE}},
    {"error": {"grpcCode": 1, "httpCode": 408, "message": TOKEN, "details": [TOKEN]}},
    {"error": TOKEN, "code": 400},
    {"error": {"code": 16, "message": f"Bearer {TOKEN}"}},
    {"result": {"event": {"eventId": TOKEN + " "}}},
    {"result": {"event": {"targetName": f"{TOKEN}\n"}}},
]


@pytest.mark.parametrize("content", STREAMED)
def test_an_error_in_a_stream_is_safe(content: dict[str, Any], server: ScriptedServer) -> None:
    """Errors inside streams, and events that are none, are told without what they repeat."""
    server.token = Say(body={"access_token": TOKEN})
    server.otherwise = lambda _: Say(body=iter([json.dumps(content).encode() + b"\n"]))

    with (
        cloud.connect(server.environ) as client,
        cloud.Reader(client).open_stream(PROJECT) as stream,
    ):
        client.remember([SIGNATURE])
        with pytest.raises(errors.CloudError) as caught:
            list(stream)

    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert TOKEN not in told
    assert SIGNATURE not in told


ODD_SUCCESSES = [
    Say(raw=f"<html>{TOKEN}".encode()),
    Say(raw=f'"{TOKEN}"'.encode()),
    Say(body={"dataConnectors": TOKEN}),
    Say(body={"dataConnectors": [], "nextPageToken": [TOKEN]}),
    Say(body=page({**LISTED, "name": TOKEN})),
    Say(body=page({**LISTED, "type": [TOKEN]})),
    Say(body=page({**LISTED, "httpConfig": {"headers": {TOKEN: 7}}})),
    Say(body=page({**LISTED, "httpConfig": {"signatureSecret": [TOKEN]}})),
    Say(raw=b"{}", headers={"Content-Encoding": TOKEN}),
    Say(raw=TOKEN.encode(), headers={"Content-Encoding": "gzip"}),
    Say(raw=TOKEN.encode(), headers={"Content-Length": "99999"}, drop=False),
    Say(503, {"error": "no"}, {"Retry-After": TOKEN}),
]


@pytest.mark.parametrize("answer", ODD_SUCCESSES)
def test_no_exception_carries_what_came(answer: Say, server: ScriptedServer) -> None:
    """Neither an error nor what it came from, in its arguments and attributes, holds a response."""
    server.token = Say(body={"access_token": TOKEN})
    server.otherwise = answer
    environ = {**server.environ}

    with (
        cloud.connect(environ, timeout_s=0.2, clock=_instant()) as client,
        pytest.raises(errors.CloudError) as caught,
    ):
        cloud.Reader(client).list_data_connectors(PROJECT)

    for error in _frames(caught.value):
        assert TOKEN not in f"{error} {error!r} {error.args} {vars(error)}"


@pytest.mark.parametrize(
    "body",
    [
        {"access_token": f"two words {ACCOUNT_SECRET}"},
        {"access_token": "x", "expires_in": ACCOUNT_SECRET},
        {"access_token": "x", "expires_in": [ACCOUNT_SECRET]},
        {"error": ACCOUNT_SECRET},
        ACCOUNT_SECRET,
    ],
)
def test_no_exception_of_the_token_endpoint_carries_what_came(
    body: Any, server: ScriptedServer
) -> None:
    """The same for the response to a token request."""
    server.token = Say(body=body)

    with cloud.connect(server.environ) as client, pytest.raises(errors.CloudError) as caught:
        cloud.Reader(client).list_data_connectors(PROJECT)

    for error in _frames(caught.value):
        assert ACCOUNT_SECRET not in f"{error} {error!r} {error.args} {vars(error)}"


def test_a_proxys_password_is_not_told(server: ScriptedServer) -> None:
    """Neither where the proxy cannot be reached nor where it refuses with words of its own."""
    server.otherwise = Say(407, {"error": f"user:{SIGNATURE}"})
    for port in (server.port, 1):
        proxy = f"http://user:{SIGNATURE}@127.0.0.1:{port}"
        environ = {**server.environ, "DT_SERVICE_ACCOUNT_EMAIL": "", "https_proxy": proxy}
        waits: list[tuple[float, str]] = []

        with (
            cloud.connect(
                environ,
                api_url="https://api.example.com/v2",
                clock=_instant(),
                on_wait=lambda *each: waits.append(each),  # noqa: B023 - only used here
            ) as client,
            pytest.raises(errors.CloudError) as caught,
        ):
            cloud.Reader(client).list_data_connectors(PROJECT)

        for error in _frames(caught.value):
            assert SIGNATURE not in f"{error} {error!r} {error.args} {waits}"


def _instant() -> Any:
    from dcsync.cloud.clock import Clock

    return Clock(sleep=lambda _: None)

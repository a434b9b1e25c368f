"""Heads of messages: written and read as http.client does, and no line ends early."""

from __future__ import annotations

import io
from http import client
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcsync import cloud, errors
from dcsync.cloud.auth import BasicAuth
from dcsync.cloud.http import heads
from dcsync.cloud.http.message import Message
from dcsync.cloud.http.network import NetworkSettings
from dcsync.cloud.http.transport import Transport
from tests.cloud.samples import PROJECT, page
from tests.cloud.server import Asked, Say, ScriptedServer

LINES = (
    b"Content-Type: application/json",
    b"Content-Length:12",
    b"content-length: 13",
    b"X-Empty:",
    b"X-Blank:  \t ",
    b"X-Trailing: value  \t",
    b"X-Tab:\tone\ttwo",
    b"X-Colons: a:b: c",
    b"X-Byte: caf\xe9",
    b"X-Control: a\x0bb\x1cc",
    b"X-Lone-Return: a\rb",
    b"X-Null: a\x00b",
    b"X Space: odd",
    b": no name",
    b"no colon",
    b" folded",
    b"\tfolded",
    b"From nobody",
)


def _read(parse: object, data: bytes) -> tuple[list[tuple[str, str]], bytes] | str:
    file = io.BytesIO(data)
    try:
        message = parse(file)  # type: ignore[operator]
    except client.HTTPException as error:
        return type(error).__name__
    return message.items(), file.read()


@given(
    st.lists(st.sampled_from(LINES), max_size=5),
    st.sampled_from([b"\r\n", b"\n"]),
    st.sampled_from([b"\r\n", b"\n", b""]),
)
def test_headers_are_read_as_http_client_does(lines: list[bytes], end: bytes, last: bytes) -> None:
    """Names, values, their order and where the body starts, however odd the lines are."""
    data = b"".join(line + end for line in lines) + last + (b"body" if last else b"")

    assert _read(heads.parse_headers, data) == _read(client.parse_headers, data)


@pytest.mark.parametrize(
    "data",
    [b"X: y\r\n" * 99 + b"\r\n", b"X: y\r\n" * 100 + b"\r\n", b"X: y\r\n" * 500, b"X" * 70_000],
)
def test_endless_headers_are_refused_as_http_client_does(data: bytes) -> None:
    """At the same number of lines, and the same length of one."""
    assert _read(heads.parse_headers, data) == _read(client.parse_headers, data)


@pytest.mark.parametrize("name", ["", "a b", "a:b", "a\r\nb", "\u00e9", "a\n"])
def test_odd_names_are_not_sent(name: str) -> None:
    """The name of the header is in the error, so that it can be found."""
    with pytest.raises(heads.HeaderError) as caught:
        heads.header_lines({"Accept": "*/*", name: "value"})

    assert caught.value.args == (name,)


@pytest.mark.parametrize("value", ["a\r\nEvil: 1", "a\nb", "a\rb", "a\x00b", "a\x7fb", "\u20ac"])
def test_odd_values_are_not_sent(value: str) -> None:
    """Nothing may start a header of its own."""
    with pytest.raises(heads.HeaderError) as caught:
        heads.request_head("GET", "/v2", {"Accept": "*/*", "X-Odd": value})

    assert caught.value.args == ("X-Odd",)


@pytest.mark.parametrize("target", ["/a b", "/a\r\nHost: other", "/\u00e9", ""])
def test_odd_targets_are_not_sent(target: str) -> None:
    """urllib3 has escaped them before; this is the last look."""
    with pytest.raises(ValueError, match="request line"):
        heads.request_head("GET", target, {})


def test_a_token_cannot_smuggle_a_header(client: cloud.Client, server: ScriptedServer) -> None:
    """A token endpoint's line feed is an error before anything is sent with it."""
    server.token = Say(body={"access_token": "t\r\nX-Evil: 1", "expires_in": 3600})

    with pytest.raises(errors.DcsyncError):
        cloud.Reader(client).list_data_connectors(PROJECT)

    assert server.calls == []


def test_each_call_has_the_headers_that_servers_need(
    client: cloud.Client, server: ScriptedServer
) -> None:
    """Host with its port, what encodings are understood, and the length of every body."""
    server.otherwise = Say(body=page())
    cloud.Reader(client).list_data_connectors(PROJECT)
    server.otherwise = Say(204)
    cloud.Writer(client).sync_data_connector(PROJECT, "c1")
    cloud.Writer(client).delete_data_connector(PROJECT, "c1")

    token, listing, sync, delete = server.asked
    assert {each.headers["Host"] for each in server.asked} == {f"127.0.0.1:{server.port}"}
    assert token.headers["Accept-Encoding"] == "identity"
    assert listing.headers["Accept-Encoding"] == "gzip, deflate"
    assert [_length(each) for each in (listing, sync, delete)] == [None, "0", None]
    assert _length(token) == str(len(token.body))


def _length(asked: Asked) -> str | None:
    return asked.headers.get("Content-Length")


def test_no_header_is_sent_twice(server: ScriptedServer) -> None:
    """However a declaration writes those that dcsync sets itself: only its length is wrong."""
    responses: Any = pytest.importorskip("responses")
    given = {"host": "other", "accept-encoding": "br", "content-length": "999", "X-Own": "1"}
    sending = Transport(connections=1, timeout_s=5.0, network=NetworkSettings())
    with responses.RequestsMock() as mock:
        mock.post(f"{server.url}/in")
        sending.send(Message("POST /in", "POST", f"{server.url}/in", given, data=b"body"))

        sent = mock.calls[0].request.headers

    assert {name.lower(): value for name, value in sent.items()} == {
        **{name.lower(): value for name, value in given.items()},
        "content-length": "4",
    }
    assert len(sent) == len(given)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://api.example.com/v2", "api.example.com"),
        ("http://API.example.com:80/v2", "api.example.com"),
        ("http://api.example.com:8080/v2", "api.example.com:8080"),
        ("http://[::1]/v2", "[::1]"),
        ("http://[::1]:443/v2", "[::1]:443"),
        ("http://b\u00fccher.example/v2", "xn--bcher-kva.example"),
    ],
)
def test_the_host_is_named_as_http_client_does(url: str, host: str, server: ScriptedServer) -> None:
    """Without the usual port, and in ASCII; a proxy gets the whole URL."""
    server.otherwise = Say(body=page())
    network = NetworkSettings(proxies={"http": server.url})
    with cloud.Client(BasicAuth("key", "word"), base_url=url, network=network) as client:
        cloud.Reader(client).list_data_connectors(PROJECT)

    [asked] = server.calls
    assert asked.headers["Host"] == host
    assert asked.path.startswith("/v2/projects/") or asked.path.startswith("http://")

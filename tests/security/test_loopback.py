"""What counts as this machine: one list of spellings, wherever dcsync asks."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from dcsync.cloud.connect import checked_url
from dcsync.declare.meaning.urls import WEB, url_problem
from dcsync.emulator import Switches
from dcsync.emulator.api.connector_resource import created
from dcsync.emulator.wire import Refused
from dcsync.errors import ConfigurationError
from dcsync.loopback import is_loopback, is_loopback_url

ROOT = Path(__file__).parents[2] / "dcsync"
HERE = ["localhost", "127.0.0.1", "127.255.255.254", "127.0.1.1", "::1"]
ELSEWHERE = [
    *("", ".", "localhost.", "x.localhost", "localhost.localdomain", "localhost.example.com"),
    *("LOCALHOST", "LocalHost", "loopback", "ip6-localhost", "127.0.0.1.example.com"),
    *("127.1", "127.0.1", "127", "0x7f000001", "0x7f.0.0.1", "2130706433", "017700000001"),
    *("127.0.0.01", "127.00.0.1", "0177.0.0.1", "127.0.0.256", "127.0.0.1.", "127.0.0.1 "),
    *(
        "0.0.0.0",  # noqa: S104 - nothing is bound
        "0",
        "::",
        "::ffff:127.0.0.1",
        "::ffff:7f00:1",
        "::127.0.0.1",
        "64:ff9b::127.0.0.1",
    ),
    *(
        "0:0:0:0:0:0:0:1",
        "::01",
        "::1%lo",
        "::1%25lo",
        "[::1]",
        "::1\n",
        "localhost\n",
        "128.0.0.1",
    ),
    *(
        "\uff11\uff12\uff17.0.0.1",
        "127.0.0.\u0661",
        "\u246027.0.0.1",
        "\u24dbocalhost",
        "lo\u0441alhost",
        "127\u30020\u30020\u30021",
        "127.0.0.1\0",
    ),
    *(
        "127.0.0.1@example.com",
        "example.com\\@127.0.0.1",
        "169.254.169.254",
        "10.0.0.1",
        "example.com",
    ),
]


def url_of(host: str) -> str:
    return f"http://[{host}]:8080/x" if ":" in host else f"http://{host}:8080/x"


def refuses(host: str) -> list[str]:
    """The places that do not take a plain http URL of this host."""
    url, found = url_of(host), []
    if url_problem(url, WEB):
        found.append("declare")
    try:
        checked_url(url, "API")
    except ConfigurationError:
        found.append("cloud")
    try:
        created("x", {"type": "HTTP_PUSH", "httpConfig": {"url": url}}, Switches())
    except Refused:
        found.append("emulator")
    return found


@pytest.mark.parametrize("host", HERE)
def test_this_machine(host: str) -> None:
    """A literal loopback address, or `localhost`, is this machine everywhere."""
    assert is_loopback(host)
    assert is_loopback_url(url_of(host))
    assert refuses(host) == []


@pytest.mark.parametrize("host", ELSEWHERE)
def test_elsewhere(host: str) -> None:
    """Whatever a resolver or a C library would read as loopback is elsewhere."""
    assert not is_loopback(host)


@pytest.mark.parametrize(
    "host", [host for host in ELSEWHERE if host.lower() != "localhost" and not host.startswith("[")]
)
def test_nobody_takes_plain_http_to_elsewhere(host: str) -> None:
    """Declarations, credentials and the emulator ask the same function."""
    assert refuses(host) == ["declare", "cloud", "emulator"]


@pytest.mark.parametrize(
    "url",
    [
        *("http://user@localhost/", "http://@localhost/", "http://evil:80\\@127.0.0.1/"),
        *(
            "http://127.0.0.1\\.example.com/",
            "http://127.0.0.1\\@example.com",
            "http:\\\\localhost/",
        ),
        *("http:/localhost", "http:localhost", "//localhost/", "localhost", "file://localhost/x"),
        *(
            "http://local\nhost/",
            "http://localhost\t/",
            " http://localhost/",
            "http://localhost/ x",
        ),
        *("http://localhost:/", "http://localhost:x/", "http://localhost:123456/", "http://[::1/"),
        *(
            "http://%6cocalhost/",
            "http://127.0.0.1%00.example.com/",
            "http://[::1]x/",
            "HTTP://localhost",
        ),
    ],
)
def test_a_url_of_this_machine_reads_in_one_way(url: str) -> None:
    """A URL that parsers could read differently is not of this machine."""
    assert not is_loopback_url(url)


def test_nobody_decides_it_on_their_own() -> None:
    """No other file judges addresses; `no_proxy` and certificates name those of others."""
    named = {ROOT / "cloud" / "http" / "network.py", ROOT / "emulator" / "certificates.py"}
    texts = {path: path.read_text("utf-8") for path in set(ROOT.rglob("*.py")) - named}
    for path in (each for each, text in texts.items() if "ipaddress" in text):
        for node in ast.walk(ast.parse(texts[path])):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            module = node.module if isinstance(node, ast.ImportFrom) else ""
            assert "ipaddress" not in {module, *names}, path

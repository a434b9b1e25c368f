"""The action at an origin behind HTTP: its token opens it, and goes nowhere else."""

from __future__ import annotations

import base64
import os
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.adopt.actions import Action, git

pytestmark = pytest.mark.timeout(180)  # scripts of many programs, on a machine that may be busy
TOKEN = "fish-of-github"
GRANTED = "Basic " + base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()


class _Origin(BaseHTTPRequestHandler):
    """Git's own server, for whoever has the token."""

    root: Path
    seen: list[str]

    def do_GET(self) -> None:
        sent = self.headers.get("Authorization", "")
        self.seen.append(sent)
        if sent != GRANTED:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="git"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        path, _, query = self.path.partition("?")
        done = subprocess.run(
            ["git", "http-backend"],
            input=self.rfile.read(int(self.headers.get("Content-Length", 0))),
            env={
                **os.environ,
                "GIT_PROJECT_ROOT": str(self.root),
                "GIT_HTTP_EXPORT_ALL": "1",
                "REMOTE_USER": "x-access-token",
                "REQUEST_METHOD": self.command,
                "PATH_INFO": path,
                "QUERY_STRING": query,
                "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            },
            capture_output=True,
            check=True,
        )
        self.wfile.write(b"HTTP/1.0 200 OK\r\n" + done.stdout)

    do_POST = do_GET  # noqa: N815 - the name that http.server calls

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def origin(tmp_path: Path, repository: Path) -> Iterator[type[_Origin]]:
    """The clone's origin behind HTTP."""

    class Origin(_Origin):
        root = tmp_path
        seen: list[str] = []  # noqa: RUF012 - of this one test

    server = ThreadingHTTPServer(("127.0.0.1", 0), Origin)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    git("remote", "set-url", "origin", f"{url}/origin.git", cwd=repository)
    yield Origin
    server.shutdown()
    server.server_close()


@pytest.fixture
def canned(tmp_path: Path) -> str:
    """Stands for dcsync: it is Git that counts here."""
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\necho said\n", "utf-8")
    program.chmod(0o755)
    return str(program)


@pytest.mark.slow
def test_a_checkout_without_credentials_is_enough(
    action: Action, repository: Path, origin: type[_Origin], canned: str, tmp_path: Path
) -> None:
    """The applied ref is pushed and fetched again with the step's token."""
    server = git("remote", "get-url", "origin", cwd=repository).removesuffix("/origin.git")
    given = {"GH_TOKEN": TOKEN, "GITHUB_SERVER_URL": server, "DCSYNC_PYTHON": canned}

    done = action("apply", **given, DCSYNC_DIGEST="0" * 64, DCSYNC_COMMENT="false")

    assert done.returncode == 0, done.stderr
    head = git("rev-parse", "HEAD", cwd=repository)
    bare = tmp_path / "origin.git"
    assert git("rev-parse", "refs/dcsync/applied", cwd=bare) == head
    assert action("plan", **given).returncode == 0
    assert git("rev-parse", "refs/dcsync/applied", cwd=repository) == head
    assert set(origin.seen) == {"", GRANTED}
    assert TOKEN not in (repository / ".git" / "config").read_text("utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("command", ["plan", "apply", "drift"])
def test_an_origin_that_cannot_be_read_is_no_first_time(
    command: str, action: Action, origin: type[_Origin], canned: str
) -> None:
    """Without the ref nothing is planned; and the token of one server is not given to another."""
    done = action(
        command,
        GH_TOKEN=TOKEN,
        GITHUB_SERVER_URL="https://github.example.com",
        DCSYNC_PYTHON=canned,
        DCSYNC_DIGEST="0" * 64,
    )

    assert done.returncode == 1
    assert "refs/dcsync/applied cannot be read from origin" in done.stderr
    assert "said" not in done.stdout
    assert set(origin.seen) == {""}

"""Starting and stopping: in this process, as a command, and what is left behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from dcsync import emulator
from tests.conftest import Dcsync
from tests.emulator.conftest import PROJECT, Api

COMMAND = (sys.executable, "-m", "dcsync", "emulator")


def test_stop_ends_everything(clock: emulator.ManualClock, ended: Callable[[], bool]) -> None:
    """When the block ends no thread is left, though a stream is open and an answer is late."""
    with requests.Session() as session:
        with emulator.running(seed=emulator.DEFAULT_SEED, clock=clock, rate=5) as cloud:
            stream = Api(cloud, cloud.account, session).stream(PROJECT)
            cloud.fail("*/projects", delay_s=60)
            with pytest.raises(requests.ReadTimeout):
                requests.get(f"{cloud.api_url}/projects", timeout=0.01)

        with stream:
            assert stream.status_code == 200
            assert ended()


def test_port_is_free_after_the_end() -> None:
    """A chosen port is used, and can be used again at once."""
    with emulator.running() as first:
        port = first.port

    with emulator.running(port=port) as second:
        assert second.port == port


def test_it_listens_on_this_machine_only(cloud: emulator.Emulator) -> None:
    """The socket is bound to the loopback address, so that no other machine reaches it."""
    assert cloud.address == ("127.0.0.1", cloud.port)


def test_a_connection_without_a_request_is_closed(cloud: emulator.Emulator) -> None:
    """An empty line is no request, and gets no answer."""
    with socket.create_connection(("127.0.0.1", cloud.port)) as connection:
        connection.settimeout(10)
        connection.sendall(b"\r\n")
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(100) == b""


def test_http_in_all_its_forms(cloud: emulator.Emulator) -> None:
    """Chunked bodies, HTTP/1.0 and several requests in one packet are understood."""
    host = b"Host: localhost\r\n"
    requests_sent = (
        b"GET /v2/a HTTP/1.1\r\n" + host + b"\r\n",
        b"POST /v2/b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n"
        + host
        + b"\r\n2\r\n{}\r\n0\r\n\r\n",
        b"GET /v2/c HTTP/1.0\r\n\r\n",
    )
    with socket.create_connection(("127.0.0.1", cloud.port)) as connection:
        connection.settimeout(10)
        connection.sendall(b"".join(requests_sent))
        answers = connection.makefile("rb").read()

    assert answers.count(b"HTTP/1.1 401 Unauthorized\r\n") == 3
    assert answers.count(b"Connection: close\r\n") == 1
    assert [call.path for call in cloud.calls] == ["/v2/a", "/v2/b", "/v2/c"]


def test_expect_continue(cloud: emulator.Emulator) -> None:
    """A client that asks before it sends a body is told to go on."""
    with socket.create_connection(("127.0.0.1", cloud.port)) as connection:
        connection.settimeout(10)
        connection.sendall(
            b"POST /v2/x HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
        )
        assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
        connection.sendall(b"{}")
        assert connection.recv(100).startswith(b"HTTP/1.1 401 ")


def started(*options: str, cwd: Path) -> tuple[subprocess.Popen[str], dict[str, str]]:
    """The command, ready, and the variables that it printed."""
    child = subprocess.Popen(
        [*COMMAND, *options], cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    lines = [child.stdout.readline() for _ in range(6)]
    return child, dict(line.removeprefix("export ").strip().split("=", 1) for line in lines)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_command(tmp_path: Path, number: int) -> None:
    """It prints what points dcsync at it, answers, and ends with 0 at a signal, leaving nothing."""
    child, environ = started("--env-file", "vars.sh", "--rate", "5", "-v", cwd=tmp_path)
    sourced = (tmp_path / "vars.sh").read_text()
    auth = (environ["DT_SERVICE_ACCOUNT_KEY_ID"], environ["DT_SERVICE_ACCOUNT_SECRET"])
    url = f"{environ['DCSYNC_API_URL']}/projects"
    names = [p["displayName"] for p in requests.get(url, auth=auth, timeout=10).json()["projects"]]
    stream_url = f"{environ['DCSYNC_API_URL']}/projects/{PROJECT}/devices:stream"
    with requests.get(stream_url, auth=auth, stream=True, timeout=10) as stream:
        line = next(stream.iter_lines(chunk_size=1))
        child.send_signal(number)
        rest, explained = child.communicate(timeout=10)

    assert names == ["Inventory", "Head office", "Store Bergen", "Store Oslo", "Cloud lab"]
    assert line.startswith(b'{"result":{"event":')
    assert (child.returncode, rest) == (0, "")
    assert "Ctrl-C" in explained
    assert "200 GET /v2/projects\n" in explained
    assert sourced.splitlines() == [f"export {name}={value}" for name, value in environ.items()]
    assert set(environ) == {
        "DCSYNC_API_URL",
        "DCSYNC_TOKEN_URL",
        "DCSYNC_EMULATOR_URL",
        "DT_SERVICE_ACCOUNT_KEY_ID",
        "DT_SERVICE_ACCOUNT_SECRET",
        "DT_SERVICE_ACCOUNT_EMAIL",
    }
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "code", "problem"),
    [
        (("--switch", "quoda=1"), 64, "there is no switch 'quoda' (did you mean quota?)"),
        (("--switch", "quota=many"), 64, "must be a whole number or none"),
        (("--rate", "-1"), 64, "--rate"),
        (("--port", "70000"), 64, "invalid port value"),
        (("--port", "BUSY"), 1, "cannot listen on port"),
        (("--seed", "none.yaml"), 1, "none.yaml: cannot be read: No such file or directory"),
        (("--state", "none/world.db"), 1, "none/world.db is not a state file"),
    ],
    ids=str,
)
def test_command_that_cannot_start(
    cloud: emulator.Emulator,
    dcsync: Dcsync,
    options: tuple[str, str],
    code: int,
    problem: str,
) -> None:
    """What is wrong is told in a line, with the exit code of its kind."""
    arguments = [option.replace("BUSY", str(cloud.port)) for option in options]

    ended = dcsync("emulator", *arguments)

    assert (ended.returncode, ended.stdout) == (code, "")
    assert problem in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.slow
def test_state_over_a_kill(tmp_path: Path) -> None:
    """What was created is there again after the process was killed without warning."""
    options = ("--state", "world.db", "--switch", "quota=none")
    child, environ = started(*options, cwd=tmp_path)
    auth = (environ["DT_SERVICE_ACCOUNT_KEY_ID"], environ["DT_SERVICE_ACCOUNT_SECRET"])
    body = json.dumps({"type": "HTTP_PUSH", "httpConfig": {"url": "https://example.com"}})
    path = f"/projects/{PROJECT}/dataconnectors"
    made = requests.post(environ["DCSYNC_API_URL"] + path, auth=auth, data=body, timeout=10).json()
    child.kill()
    child.communicate()

    again, environ = started(*options, cwd=tmp_path)
    listed = requests.get(environ["DCSYNC_API_URL"] + path, auth=auth, timeout=10).json()
    again.terminate()
    again.communicate()

    assert listed["dataConnectors"] == [made]


def test_start_imports_little() -> None:
    """Neither cryptography nor YAML nor urllib3 is imported before it is needed."""
    script = (
        "import sys; from dcsync import emulator\n"
        "with emulator.running(seed=emulator.DEFAULT_SEED): pass\n"
        "print([n for n in ('cryptography', 'yaml', 'urllib3', 'sqlite3') if n in sys.modules])"
    )

    ended = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env=dict(os.environ),
    )

    assert ended.stdout.strip() == "[]"

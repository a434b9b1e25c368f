"""A fleet whose connectors push to an endpoint of this machine, and the command line beside it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from dcsync import emulator
from tests.cli.conftest import Ended, Run, command_line

KEYS = ("oslo", "bergen", "tromso", "moss")
IDS = {key: f"c0md3pm0p7bet3vico{number:02}" for number, key in enumerate(KEYS)}
SECRET = "a-signature-secret"
DOWN, LATE = "down", "late"
"""Paths that answer 500, and nothing before `released`; every other one takes what comes."""
released = threading.Event()


class _Endpoint(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        if LATE in self.path:
            released.wait(30)
        self.send_response(500 if DOWN in self.path else 200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def endpoint() -> Iterator[str]:
    """The URL of an endpoint that works wherever the path does not say DOWN."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Endpoint)
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass
class Fleet:
    """Four stores, each with a device that has sent something, and what is declared for them."""

    cloud: emulator.Emulator
    endpoint: str
    folder: Path
    run: Run

    def declare(
        self, paths: Mapping[str, str] | str, *, more: str = "", policy: str = "", config: str = ""
    ) -> None:
        """One connector a store, to the path of each; `more` are lines of `connectors:`."""
        of = paths if isinstance(paths, Mapping) else {}
        projects = "\n".join(
            f"  {key}: {{id: {IDS[key]}, vars: {{path: {of.get(key, paths if not of else 'a')}}}}}"
            for key in KEYS
        )
        text = (
            f"dcsync: 1\nprojects:\n{projects}\n"
            f"policy: {{prune: all, max_deletes: 100{policy}}}\nconnectors:\n"
            f'  ingest: {{config: {{url: "{self.endpoint}/${{var:path}}"{config}}}}}\n{more}'
        )
        (self.folder / "fleet.yaml").write_text(text, "utf-8")

    def roll_out(self, *arguments: str, waves: str = "1,2,100%", patience: str = "20") -> Ended:
        """`dcsync apply` in waves, each verified."""
        return self.run(
            *("apply", "--auto-approve", f"--waves={waves}", "--verify"),
            *(f"--verify-timeout={patience}", "--settle=0", *arguments),
        )

    def hide(self, key: str) -> int:
        """Let nobody see what a store's connectors deliver, so that no wave with it is proven."""
        return self.cloud.fail(path=f"*{IDS[key]}/*:metrics", status=403, count=None)

    def live(self) -> dict[str, list[dict[str, Any]]]:
        """What is live in each store, without ids, in the order of the names."""
        return {
            key: sorted(
                ({**each, "name": ""} for each in self.cloud.connectors(project_id)),
                key=lambda each: str(each["displayName"]),
            )
            for key, project_id in IDS.items()
        }

    def paths(self) -> list[str]:
        """Where each store's connector sends to, in the order of the stores; "" without one."""
        found = {
            key: [each["httpConfig"]["url"].rpartition("/")[2] for each in live]
            for key, live in self.live().items()
        }
        return [" ".join(found[key]) for key in KEYS]

    def writes(self) -> list[str]:
        """The stores of the calls that changed something, in their order."""
        keys = {project_id: key for key, project_id in IDS.items()}
        return [
            keys[each.path.split("/")[3]]
            for each in self.cloud.calls
            if each.method != "GET" and "dataconnectors" in each.path and ":sync" not in each.path
        ]


@pytest.fixture
def fleet(
    cloud: emulator.Emulator,
    endpoint: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Fleet:
    """Nothing is declared and nothing is live yet."""
    monkeypatch.chdir(tmp_path)
    for name, value in {**cloud.environ, "SIGNATURE": SECRET}.items():
        monkeypatch.setenv(name, value)
    for key, project_id in IDS.items():
        cloud.add_project(display_name=f"Store {key.title()}", project_id=project_id)
        device = cloud.add_device(project_id, "temperature", {"name": "Fridge"})
        cloud.publish(project_id, device, "temperature", {"value": 4})
    return Fleet(cloud, endpoint, tmp_path, command_line(capsys))


@pytest.fixture
def applied(fleet: Fleet) -> Fleet:
    """All stores send to `a`."""
    fleet.declare("a")
    assert fleet.run("apply", "--auto-approve").code == 0
    fleet.cloud.calls.clear()
    return fleet


Change = Callable[[Fleet], None]

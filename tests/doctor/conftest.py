"""A set-up that works, for each test to break in one place."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from dcsync import emulator
from dcsync.cli import main
from dcsync.emulator.endpoints import EndpointServer

PROJECT, OTHER = "c0md3pm0p7bet3vico8g", "c14u9p094l47cdv1o3pg"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def first(self) -> str:
        return self.out.splitlines()[0]


@dataclass(frozen=True, slots=True)
class SetUp:
    """A cloud, a folder with declarations, and an environment that go together."""

    cloud: emulator.Emulator
    folder: Path
    endpoint: EndpointServer
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def declare(
        self, config: str = "", project: str = PROJECT, policy: str = "{prune: none}"
    ) -> None:
        """One connector of a project, its config by default the working endpoint."""
        chosen = config or f"url: '{self.endpoint.url}'"
        (self.folder / f"{project}.yaml").write_text(
            f"dcsync: 1\nproject: {project}\npolicy: {policy}\n"
            f"connectors:\n  ingest: {{config: {{{chosen}}}}}\n",
            "utf-8",
        )

    def setenv(self, **variables: str) -> None:
        for name, value in variables.items():
            self.monkeypatch.setenv(name, value)

    def run(self, *arguments: str) -> Ended:
        """`dcsync ARGUMENTS`."""
        self.capsys.readouterr()
        code = main(list(arguments))
        captured = self.capsys.readouterr()
        return Ended(code, captured.out, captured.err)


@pytest.fixture(scope="session")
def certified() -> Iterator[Callable[..., EndpointServer]]:
    """Endpoints with one certificate of each kind, kept for all tests: keys take time."""
    made: dict[tuple[str, int], EndpointServer] = {}
    with emulator.running(rate_limit=None) as cloud:

        def endpoint(certificate: str = "valid", status: int = 200) -> EndpointServer:
            key = certificate, status
            if key not in made:
                made[key] = cloud.add_endpoint(certificate, status)  # type: ignore[arg-type] # one of them
            return made[key]

        yield endpoint


@pytest.fixture
def set_up(
    cloud: emulator.Emulator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    certified: Callable[..., EndpointServer],
) -> SetUp:
    """Everything works: `doctor` finds nothing."""
    monkeypatch.chdir(tmp_path)
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in cloud.environ.items():
        monkeypatch.setenv(name, value)
    endpoint = certified()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", endpoint.ca_file)
    cloud.add_project("Store Oslo", project_id=PROJECT)
    found = SetUp(cloud, tmp_path, endpoint, monkeypatch, capsys)
    found.declare()
    return found


@pytest.fixture
def silent() -> Iterator[int]:
    """A port that accepts connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.fixture
def closed() -> int:
    """A port that nothing listens at."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])

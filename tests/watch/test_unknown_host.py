"""A host that no resolver knows: of the API, and of an endpoint."""

from __future__ import annotations

import socket
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dcsync import cloud as api
from dcsync import emulator
from dcsync.cloud.clock import Clock
from dcsync.deliver import persistence
from dcsync.session.events import forwarding
from tests.watch.conftest import Run
from tests.watch.test_watch_command import OSLO

UNKNOWN = "no-such-host.example.com"
WHY = f"cannot reach {UNKNOWN}: Name or service not known"


@pytest.fixture(autouse=True)
def unknown(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The hosts that no resolver knows. Waits take no time."""
    look_up, unknown = socket.getaddrinfo, {UNKNOWN}

    def known(host: str, *rest: Any, **more: Any) -> Any:
        if host in unknown:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return look_up(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", known)
    clock = Clock(time.monotonic, time.time, lambda _: None, lambda: 0.0)
    monkeypatch.setattr("dcsync.cloud.connect", partial(api.connect, clock=clock))
    monkeypatch.setattr(persistence, "FIRST_WAIT_S", 0.0)
    monkeypatch.setattr(forwarding, "FAREWELL_S", 0.0)
    return unknown


@pytest.fixture
def fridge(cloud: emulator.Emulator, tmp_path: Path) -> str:
    (tmp_path / "connectors.yaml").write_text(f"""
dcsync: 1
project: {OSLO}
policy: {{prune: none}}
connectors: {{ingest: {{config: {{url: "https://{UNKNOWN}/dt"}}}}}}
""")
    cloud.add_project("Oslo", OSLO)
    return cloud.add_device(OSLO, "temperature", {"name": "Fridge"})


@pytest.mark.parametrize("variable", ["DCSYNC_API_URL", "DCSYNC_TOKEN_URL"])
@pytest.mark.usefixtures("fridge")
def test_an_api_that_is_not_found(variable: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is tried a few times, then the watch fails with the host's name and why: exit code 1."""
    monkeypatch.setenv(variable, f"https://{UNKNOWN}/v2")

    done = run("watch", "--resume", "state")

    assert (done.returncode, done.stdout) == (1, "")
    *_, summary, last = done.stderr.splitlines()
    assert summary.startswith("0 events in ")
    assert last.startswith(f"failed: {OSLO}: cannot be watched: ")
    assert WHY in last


@pytest.mark.slow
def test_an_api_that_is_not_found_any_more(
    cloud: emulator.Emulator, fridge: str, run: Run, unknown: set[str]
) -> None:
    """Who goes on waits for it, since what happens meanwhile will be found: incomplete so far."""
    options = ("watch", "--resume", "state", "--format", "json")
    assert run(*options, "--duration", "0.5").returncode == 0
    cloud.publish(OSLO, fridge, "temperature", {"value": 1})
    unknown.add("127.0.0.1")
    alone = run(*options, "--duration", "0.5")
    unknown.discard("127.0.0.1")
    done = run(*options, "--count", "1")

    assert (alone.returncode, alone.stdout) == (4, "")
    assert "incomplete: " in alone.stderr
    assert "cannot reach 127.0.0.1" in alone.stderr.splitlines()[-1]
    assert done.returncode == 0


def test_an_endpoint_that_is_not_found(cloud: emulator.Emulator, fridge: str, run: Run) -> None:
    """Forwarding tries again to its end, backfill six times; both name the host."""
    cloud.publish(OSLO, fridge, "temperature", {"value": 1})
    url = f"https://{UNKNOWN}/dt"

    forwarded = run("watch", "--since", "1h", "--count", "1", "--forward-to", url)
    backfilled = run("backfill", f"{OSLO}/ingest", "--since", "1h", "--auto-approve")

    assert forwarded.returncode == 4
    assert WHY in forwarded.stdout
    assert "1 event not delivered" in forwarded.stderr
    assert backfilled.returncode == 1
    assert "was not accepted in 6 attempts" in backfilled.stdout
    assert WHY in backfilled.stdout

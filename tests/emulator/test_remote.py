"""The emulator in a process of its own, and as a fixture of other projects' tests."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from dcsync import emulator
from dcsync.emulator.control import OPERATIONS
from tests.emulator.conftest import PROJECT, Endpoint

HTTP = {"type": "HTTP_PUSH", "httpConfig": {"url": "https://example.com"}}

TESTS = """
import pytest
import requests

pytest_plugins = ["dcsync.emulator.pytest_plugin"]


def test_in_process(dt_cloud):
    assert list(dt_cloud.store.projects.of()) == []
    assert dt_cloud.switches.rate_limit is None


@pytest.mark.dt_cloud(rate_limit=1)
def test_options(dt_cloud):
    assert dt_cloud.switches.rate_limit == 1


@pytest.mark.dt_cloud(max_page_size=2)
def test_process(dt_cloud_process):
    auth = (
        dt_cloud_process.environ["DT_SERVICE_ACCOUNT_KEY_ID"],
        dt_cloud_process.environ["DT_SERVICE_ACCOUNT_SECRET"],
    )
    page = requests.get(f"{dt_cloud_process.api_url}/projects", auth=auth).json()
    assert len(page["projects"]) == 2
"""


@pytest.fixture(scope="module")
def remote() -> Iterator[emulator.RemoteEmulator]:
    """One process for the tests of this file: starting one costs more than they do."""
    with emulator.process(rate_limit=None, default_labels=("name", "room")) as running:
        yield running


def test_scripting(remote: emulator.RemoteEmulator, endpoint: Endpoint) -> None:
    """What a script does in process it can do from outside: fill, publish, look, wait."""
    project = remote.add_project("New")
    device = remote.add_device(project, "temperature", {"name": "Fridge"})
    connector = remote.add_connector(project, {**HTTP, "httpConfig": {"url": endpoint.url}})

    event = remote.publish(project, device, "temperature", {"value": 4})

    assert remote.wait_for_deliveries()
    assert endpoint.event_ids == [event["eventId"]]
    assert [attempt.connector_id for attempt in remote.delivery_attempts] == [connector]
    assert remote.connectors(project)[0]["labels"] == ["name", "room"]


def test_faults_and_calls(remote: emulator.RemoteEmulator) -> None:
    """Faults are set and calls read from outside."""
    account = remote.add_service_account("project.user", projects=[PROJECT])
    url = f"{remote.api_url}/projects/{PROJECT}/dataconnectors"
    fault_id = remote.fail("*/dataconnectors", status=503, count=None)
    auth = (account.key_id, account.secret)
    statuses = [requests.get(url, auth=auth, timeout=10).status_code]
    remote.heal(fault_id)
    statuses.append(requests.get(url, auth=auth, timeout=10).status_code)
    remote.switch(latency_s=0.001)

    assert statuses == [503, 200]
    assert [call.status for call in remote.calls if call.method == "GET"][-2:] == [503, 200]


def test_streams(remote: emulator.RemoteEmulator) -> None:
    """Streams are waited for and ended from outside, and devices made to live."""
    auth = (
        remote.environ["DT_SERVICE_ACCOUNT_KEY_ID"],
        remote.environ["DT_SERVICE_ACCOUNT_SECRET"],
    )
    url = f"{remote.api_url}/projects/{PROJECT}/devices:stream"
    with requests.get(url, auth=auth, stream=True, timeout=10) as stream:
        assert remote.wait_for_streams(1)
        remote.set_rate(100)
        assert next(stream.iter_lines(chunk_size=1))
        remote.set_rate(0)
        remote.close_streams()
        assert remote.wait_for_streams(0)


def test_nothing_is_missing(remote: emulator.RemoteEmulator) -> None:
    """Every operation of the control calls is a method here, and works."""
    assert [name for name in OPERATIONS if not hasattr(remote, name)] == []

    remote.revoke_tokens()
    assert remote.add_organization("Another")
    assert remote.rotate_signing_key()
    assert remote.wait_for_life()


def test_refusals(remote: emulator.RemoteEmulator) -> None:
    """What is refused raises with the emulator's words."""
    with pytest.raises(ValueError, match="no such project"):
        remote.add_connector("c0000000000000000000", HTTP)
    with pytest.raises(ValueError, match="there is no switch"):
        remote.switch(quoda=1)


def test_process_that_cannot_start() -> None:
    """A process that does not start says why."""
    with (
        pytest.raises(ChildProcessError, match="there is no switch 'quoda'"),
        emulator.process(quoda=1),
    ):
        pass


@pytest.mark.slow
def test_fixtures_for_other_projects(tmp_path: Path) -> None:
    """A project's conftest takes up the plugin and has both fixtures and the marker."""
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["dcsync.emulator.pytest_plugin"]\n')
    (tmp_path / "test_it.py").write_text(TESTS.replace("pytest_plugins", "_", 1))

    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--strict-markers"],
        cwd=tmp_path,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert "3 passed" in ended.stdout, ended.stdout

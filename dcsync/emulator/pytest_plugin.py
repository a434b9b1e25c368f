"""pytest fixtures for projects that use DT's API.

Enable them in conftest.py with `pytest_plugins = ["dcsync.emulator.pytest_plugin"]`. A test's
`@pytest.mark.dt_cloud(...)` passes its keywords to `running`: switches, `seed`, `rate` and so on.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dcsync.emulator.remote import RemoteEmulator, process
from dcsync.emulator.running import Emulator, running

_MARKER = "dt_cloud(**options): options of the emulated DT cloud of this test"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", _MARKER)


@pytest.fixture
def dt_cloud(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    """An empty DT cloud for one test, in this process, without a rate limit."""
    with running(**_options(request)) as cloud:
        yield cloud


@pytest.fixture
def dt_cloud_process(request: pytest.FixtureRequest) -> Iterator[RemoteEmulator]:
    """The default world of `dcsync emulator` in a separate process, without a rate limit."""
    with process(**_options(request)) as cloud:
        yield cloud


def _options(request: pytest.FixtureRequest) -> dict[str, Any]:
    marker = request.node.get_closest_marker("dt_cloud")
    return {"rate_limit": None, **(marker.kwargs if marker else {})}

"""The official SDK and dcsync, each as a script has it, pointed at one recording server."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import disruptive
import disruptive.requests
import pytest

import dcsync
from dcsync.library import configuration
from tests.cloud.conftest import FakeTime
from tests.cloud.server import ScriptedServer
from tests.library.differences import BEHAVIOUR

LIBRARIES = {"disruptive": disruptive, "dcsync": dcsync}


def pointed_at(name: str, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A library whose settings and credentials are those of the server."""
    library = LIBRARIES[name]
    auth = library.Auth.service_account(
        server.environ["DT_SERVICE_ACCOUNT_KEY_ID"],
        server.environ["DT_SERVICE_ACCOUNT_SECRET"],
        server.environ["DT_SERVICE_ACCOUNT_EMAIL"],
    )
    auth.token_endpoint = server.token_url
    # Into the module's dict: what dcsync looks up late has no value yet that could be put back.
    monkeypatch.setitem(vars(library), "base_url", server.api_url)
    monkeypatch.setitem(vars(library), "emulator_base_url", server.environ["DCSYNC_EMULATOR_URL"])
    monkeypatch.setitem(vars(library), "default_auth", auth)
    monkeypatch.setitem(vars(library), "log_level", None)
    return library


@pytest.fixture(params=LIBRARIES)
def dt(
    request: pytest.FixtureRequest, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Any]:
    """Each of the two libraries in turn, pointed at the server; nobody sleeps."""
    time = FakeTime()
    no_sleep = SimpleNamespace(sleep=time.sleep)
    monkeypatch.setattr(disruptive.requests, "time", no_sleep)
    monkeypatch.setattr("dcsync.cloud.client.Clock", lambda: time.clock)
    monkeypatch.setattr("sys.tracebacklimit", 1000, raising=False)  # the SDK cuts it
    configuration.forget()
    yield pointed_at(request.param, server, monkeypatch)
    configuration.forget()
    # The SDK keeps a page token there from one listing to the next.
    paginated = vars(disruptive.requests.DTRequest)["paginated_get"].__func__
    paginated.__defaults__[0].clear()


def differs(library: Any, key: str, *, sdk: Any, ours: Any) -> Any:
    """What is expected of a library where the two differ on purpose; `BEHAVIOUR` says why."""
    assert key in BEHAVIOUR
    return sdk if library is disruptive else ours

"""The examples of the official SDK's pages, and of the package itself, run unchanged on dcsync."""

from __future__ import annotations

import doctest
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import disruptive
import pytest

import dcsync
from dcsync import errors
from tests.cloud.samples import CONNECTOR, PROJECT, page, resource
from tests.cloud.server import Asked, Say, ScriptedServer
from tests.cloud.test_event_stream import event, line

pytestmark = pytest.mark.usefixtures("pointed")

PAGES = Path(__file__).parent / "pages"
METHODS = [
    "DataConnector.get_data_connector",
    "DataConnector.list_data_connectors",
    "DataConnector.create_data_connector",
    "DataConnector.update_data_connector",
    "DataConnector.delete_data_connector",
    "DataConnector.get_metrics",
    "DataConnector.sync_data_connector",
    "Stream.event_stream",
    "Device.get_device",
    "Device.list_devices",
    "Project.get_project",
    "Project.list_projects",
    "Emulator.create_device",
    "Emulator.delete_device",
]
MISTAKEN = "STATUS='USER_DISABLED'"
"""An example of the package gives a keyword that does not exist; the SDK drops it unnoticed."""


class Cloud:
    """Answers every call; its stream is refused after two events, so that a loop over it ends."""

    def __init__(self) -> None:
        self.streams = 0

    def answer(self, asked: Asked) -> Say:
        if asked.path.endswith(":stream"):
            self.streams += 1
            events = iter([line(event(1)), line(event(2))])
            return Say(body=events) if self.streams % 2 else Say(403, {"error": "enough"})
        listing = {"devices": [], "projects": [], "events": [], **page(resource())}
        metrics = {"metrics": {"successCount": 1, "errorCount": 0, "latency99p": "0.4s"}}
        return Say(body={**resource(), **listing, **metrics})


@pytest.fixture
def names(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What an example may use: the library under both of its usual names, ids, and times."""
    monkeypatch.setattr("dcsync.cloud.attempts.Attempts.back_off", lambda *_: None)
    server.otherwise = Cloud().answer
    return {
        "disruptive": dcsync,
        "dt": dcsync,
        "PROJECT_ID": PROJECT,
        "DEVICE_1": "b5rj9ed7rihk942p48og",
        "datetime": datetime,
        "timedelta": timedelta,
    }


def _run(text: str, names: dict[str, Any]) -> int:
    """Run the examples of a text; how many there were. A loop over a stream ends in its refusal."""
    examples = [e for e in doctest.DocTestParser().get_examples(text) if MISTAKEN not in e.source]
    for example in examples:
        try:
            exec(example.source, names)  # noqa: S102 - the examples are what is tested
        except errors.Forbidden:
            assert example.source.startswith("for event in")
    return sum(not example.source.startswith("#") for example in examples)


@pytest.mark.parametrize("path", sorted(PAGES.glob("*.txt")), ids=lambda path: path.stem)
def test_the_pages_examples_run(
    path: Path, names: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """Every example of the two pages runs as it stands there."""
    found = _run(path.read_text("utf-8"), names)

    assert found == {"data_connector": 8, "stream": 3}[path.stem]
    assert capsys.readouterr().out.count("Event(") == {"data_connector": 0, "stream": 4}[path.stem]
    dcon = names.get("dcon")
    assert dcon is None or dcon.data_connector_id == CONNECTOR


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")
def test_the_packages_examples_run(method: str, names: dict[str, Any]) -> None:
    """Every example in the docstrings of the official package runs as it stands there."""
    kind, _, name = method.partition(".")
    docstring = getattr(getattr(disruptive, kind), name).__doc__

    assert _run(docstring, names) > 0

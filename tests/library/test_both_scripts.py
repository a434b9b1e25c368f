"""Scripts such as the official SDK's README and examples have, unchanged on both libraries."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import disruptive
import disruptive.authentication
import pytest

import dcsync
from dcsync import emulator
from dcsync.library import configuration

pytestmark = [
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]

SCRIPTS = Path(__file__).parent / "scripts"
PROJECT = "c0md3pm0p7bet3vico8g"
STREAMING = {"first_steps", "threaded_stream"}

PRINTED = {
    "connector": ["404", "ingest ACTIVE HTTP_PUSH https://ingest.example.com/new", "0", "0"],
    "first_steps": ["labels not set: 0", "['temperature']", "4.5"],
    "humidity_of_a_week": ["17 %, 22.4 degrees"],
    "samples": ["[22.3, 21.3, 20.3, 19.3, 18.3, 4.2]", "6 0:00:00"],
    "threaded_stream": ["1 temperature 4.5"],
}


@pytest.fixture(params=[disruptive, dcsync], ids=["disruptive", "dcsync"])
def library(
    request: pytest.FixtureRequest, cloud: emulator.Emulator, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ModuleType]:
    """A library as the scripts have it: the environment points at a project with two sensors."""
    library: ModuleType = request.param
    monkeypatch.setattr(
        disruptive.authentication.ServiceAccountAuth, "token_endpoint", cloud.token_url
    )
    for name, value in cloud.environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setitem(vars(library), "base_url", cloud.api_url)
    monkeypatch.setitem(vars(library), "emulator_base_url", cloud.emulator_url)
    monkeypatch.setitem(vars(library), "default_auth", library.Auth.init())
    monkeypatch.setitem(vars(library), "log_level", None)
    project = cloud.add_project("Head office", project_id=PROJECT)
    fridge = cloud.add_device(project, "temperature", {"name": "Fridge"}, emulated=True)
    cellar = cloud.add_device(project, "humidity", {"name": "Cellar"}, emulated=True)
    cloud.publish(project, fridge, "temperature", {"value": 4.2})
    cloud.publish(project, cellar, "humidity", {"temperature": 22.4, "relativeHumidity": 17})
    for name, value in (("PROJECT", project), ("DEVICE", fridge), ("HUMIDITY", cellar)):
        monkeypatch.setenv(f"{name}_ID", value)
    yield library
    configuration.forget()


@pytest.mark.parametrize("name", PRINTED)
def test_a_script_runs(
    name: str, library: ModuleType, cloud: emulator.Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    """It prints the same, whichever library it imports."""
    code = (SCRIPTS / f"{name}.py").read_text("utf-8")
    code = code.replace("import dcsync as dt", f"import {library.__name__} as dt")
    reporter = threading.Thread(target=_report, args=(cloud,))
    if name in STREAMING:
        reporter.start()
    exec(compile(code, name, "exec"), {})  # noqa: S102 - the script is what is tested
    if name in STREAMING:
        reporter.join()

    printed = capsys.readouterr().out.splitlines()
    assert printed[-len(PRINTED[name]) :] == PRINTED[name]


def test_every_script_is_run() -> None:
    """No script is left out."""
    assert {path.stem for path in SCRIPTS.glob("*.py")} == set(PRINTED)


def _report(cloud: emulator.Emulator) -> None:
    """What the fridge sends once somebody listens."""
    cloud.wait_for_streams()
    cloud.publish(PROJECT, os.environ["DEVICE_ID"], "temperature", {"value": 4.5})

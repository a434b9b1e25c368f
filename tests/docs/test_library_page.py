"""docs/library.md cannot rot: its code runs and prints what the page says."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import dcsync
from dcsync import emulator
from dcsync.library import configuration

PAGE = (Path(__file__).parents[2] / "docs" / "library.md").read_text("utf-8")
BLOCK = re.compile(r"^```(python|text)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@pytest.fixture
def head_office(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The cloud that the page talks about: a project with a fridge, which reports to a stream."""
    with emulator.running(rate_limit=None) as cloud:
        for name, value in cloud.environ.items():
            monkeypatch.setenv(name, value)
        project_id = cloud.add_project("Head office", project_id="c0md3pm0p7bet3vico8g")
        labels = {"name": "Fridge 2", "room": "99"}
        fridge = cloud.add_device(project_id, "temperature", labels, "b5rj9ed7rihk942p48og")

        def report() -> None:
            cloud.wait_for_streams()
            cloud.publish(project_id, fridge, "temperature", {"value": 4.5})

        reporter = threading.Thread(target=report)
        reporter.start()
        yield
        reporter.join()
        configuration.forget()


@pytest.mark.usefixtures("head_office")
def test_the_code_of_the_page_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every Python block runs after those before it, and prints the text block that follows."""
    monkeypatch.setitem(vars(dcsync), "default_auth", None)  # the page sets it
    names: dict[str, object] = {}
    printed: list[str] = []
    for language, text in BLOCK.findall(PAGE):
        if language == "python":
            exec(text, names)  # noqa: S102 - the page's code is what is tested
            printed.append(capsys.readouterr().out)
        else:
            assert printed[-1] == text

    assert len(printed) == 8
    assert len([out for out in printed if out]) == PAGE.count("```text\n")

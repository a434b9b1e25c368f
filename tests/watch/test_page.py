"""docs/watching.md cannot rot: its commands are run, and print what the page says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from dcsync.receive import Endpoint, serving
from tests.watch.conftest import Oslo, Run

PAGE = (Path(__file__).parents[2] / "docs" / "watching.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```console\n\$ dcsync (.*)\n((?:.*\n)*?)```", PAGE)
DECLARATION = re.findall(r"```yaml\n((?:.*\n)*?)```", PAGE)[0]

VARYING = re.compile(
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}|\d+\.\d s|\d+ ms|answered \d+ times?| +"
)
"""Times, which differ from run to run, and the width of their columns."""


def comparable(text: str) -> str:
    return VARYING.sub("…", text)


def test_the_commands_of_the_page(
    oslo: Oslo, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each block prints what the page shows, in its order, after an apply of its declaration."""
    (tmp_path / "connectors.yaml").write_text(DECLARATION)
    fridge = oslo.add_device(name="Fridge", room="99")
    oslo.publish(fridge, "temperature", value=4.5)
    oslo.publish(fridge, "touch")
    monkeypatch.setenv("DCSYNC_VAR_OSLO", oslo.project_id)
    with serving(Endpoint([]), 0, lambda _: None) as url:
        monkeypatch.setenv("ENDPOINT", url.rstrip("/"))
        assert run("apply", "--auto-approve").returncode == 0
        for command, output in BLOCKS:
            answer = run(*shlex.split(command.replace("$ENDPOINT", url)))
            oslo.cloud.wait_for_deliveries()
            shown = answer.stdout + (answer.stderr if command.startswith("watch") else "")

            assert answer.returncode == 0
            for line in output.splitlines():
                assert comparable(line) in comparable(shown).splitlines()


def test_every_option_is_on_the_page() -> None:
    """An option of these commands is explained here, or is one that every command has."""
    from dcsync.arguments import build_parser, commands_of

    parsers = dict(commands_of(build_parser()))
    shared = set(parsers["apply"]._option_string_actions) | {"--format", "--port"}
    own = {
        option
        for name in ("watch", "verify", "status", "receive")
        for option in parsers[name]._option_string_actions
    }

    assert len(BLOCKS) == 4
    assert [option for option in sorted(own - shared) if option not in PAGE] == []

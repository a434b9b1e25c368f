"""docs/backfill.md cannot rot: its commands are run, and print what the page says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from dcsync import emulator
from dcsync.arguments import build_parser, commands_of
from tests.backfill.conftest import Receiver
from tests.watch.conftest import Run, run

__all__ = ["run"]

PAGE = (Path(__file__).parents[2] / "docs" / "backfill.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```console\n\$ dcsync (.*)\n((?:.*\n)*?)```", PAGE)
DECLARATION = re.findall(r"```yaml\n((?:.*\n)*?)```", PAGE)[0]
VARYING = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|127\.0\.0\.1:\d+|1[5-7] ")
"""Times, the port, and how many quarters of an hour four hours hold."""

OSLO = "c0md3pm0p7bet3vico8g"


def test_the_commands_of_the_page(
    endpoint: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    """Each block prints what the page shows, in its order."""
    (tmp_path / "connectors.yaml").write_text(DECLARATION)
    with emulator.running(rate_limit=None, past_s=86400.0) as cloud:
        cloud.add_project("Oslo", OSLO)
        cloud.add_device(OSLO, "temperature", {"name": "Fridge"})
        secret = "a secret of at least 32 bytes, or PyJWT warns"
        for name, value in {
            **cloud.environ,
            "DCSYNC_VAR_OSLO": OSLO,
            "ENDPOINT": endpoint.url,
            "DT_SIGNATURE_SECRET": secret,
        }.items():
            monkeypatch.setenv(name, value)
        for command, output in BLOCKS:
            done = run(*shlex.split(command))

            assert done.returncode == 0, done.stderr
            assert VARYING.sub("…", done.stdout) == VARYING.sub("…", output)
    assert len(endpoint.bodies) in (15, 16, 17)


def test_every_option_is_on_the_page() -> None:
    """An option of this command is explained here, or is one that every command has."""
    parsers = dict(commands_of(build_parser()))
    own = set(parsers["backfill"]._option_string_actions)
    shared = set(parsers["plan"]._option_string_actions)

    assert len(BLOCKS) == 2
    assert [option for option in sorted(own - shared) if option not in PAGE] == []

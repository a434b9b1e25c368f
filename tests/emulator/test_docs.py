"""docs/emulator.md is true: its commands are run, its tables compared with the code."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from dcsync import emulator
from dcsync.emulator.control import OPERATIONS

TEXT = (Path(__file__).parents[2] / "docs" / "emulator.md").read_text("utf-8")
MARK = "-- next command --"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def examples() -> list[tuple[str, str]]:
    """Each command of the console blocks with the output that the page shows."""
    return re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", "".join(blocks("console")), re.MULTILINE)


def matches(shown: str, printed: str) -> bool:
    """Whether the output is what the page shows, `…` standing for anything."""
    pattern = ".*".join(map(re.escape, shown.strip().split("…")))
    return re.fullmatch(pattern, printed.strip()) is not None


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")
def test_curl_examples() -> None:
    """Every command of the page prints what the page shows, in one shell from top to bottom."""
    script = "".join(f"{command}\necho; echo '{MARK}'\n" for command, _ in examples())

    with emulator.process(rate_limit=None) as cloud:
        ended = subprocess.run(
            ["bash", "-c", script],
            env={**os.environ, **cloud.environ},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    outputs = ended.stdout.split(MARK)
    assert len(outputs) == len(examples()) + 1 > 20
    for (command, shown), printed in zip(examples(), outputs, strict=False):
        assert matches(shown, printed), (command, printed)


def test_python_examples(tmp_path: Path) -> None:
    """The Python blocks run as they stand."""
    with emulator.process(rate_limit=None) as cloud:
        printed = [
            subprocess.run(
                [sys.executable, "-c", block],
                cwd=tmp_path,
                env={**os.environ, **cloud.environ},
                capture_output=True,
                text=True,
                timeout=30,
                check=True,
            ).stdout
            for block in blocks("python")
        ]

    assert printed[0].splitlines()[0] == "temperature Server room"


def test_seed_example() -> None:
    """The seed of the page is a seed."""
    [block] = blocks("yaml")

    with emulator.running(seed=yaml.safe_load(block)) as cloud:
        assert cloud.account.secret == "made-up"


def written(default: object) -> str:
    if default is None or isinstance(default, bool):
        return str(default).lower()
    return ",".join(default) if isinstance(default, tuple) else str(default)


def test_every_switch_is_explained() -> None:
    """The table holds each switch once, with its default."""
    rows = dict(re.findall(r"^\| `(\w+)` \| `([^|]*)` \| .+ \|$", TEXT, re.MULTILINE))

    assert rows == {field.name: written(field.default) for field in fields(emulator.Switches)}


def test_every_control_call_is_named() -> None:
    """The page names each scripting call."""
    assert [name for name in OPERATIONS if f"`{name}`" not in TEXT] == []


def test_every_fault_field_is_explained() -> None:
    """The page explains each field of a fault rule."""
    names = {field.name for field in fields(emulator.Fault)} - {"fault_id"}

    assert [name for name in sorted(names) if f"`{name}`" not in TEXT] == []

"""docs/emulator.md is true: its code runs, its tables are those of the code; tests/docs runs its
commands."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import yaml

from dcsync import emulator
from dcsync.emulator.control import OPERATIONS

TEXT = (Path(__file__).parents[2] / "docs" / "emulator.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def test_python_example() -> None:
    """The Python block on tests runs as it stands."""
    [block] = [block for block in blocks("python") if "emulator.running" in block]

    exec(block, {})  # noqa: S102 - the page's code is what is tested


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

"""What YAML means here, value by value and place by place, with libyaml and without."""

from __future__ import annotations

import math
from typing import Any

import pytest
import yaml

from dcsync.declare.strict_yaml.blocks import Block, Items, line_and_column, mark_of
from dcsync.declare.strict_yaml.reader import read

LOADERS = [yaml.CSafeLoader, yaml.SafeLoader]

VALUES: list[tuple[str, Any]] = [
    ("null", None),
    ("~", None),
    ("", None),
    ("true", True),
    ("FALSE", False),
    ("0", 0),
    ("-12", -12),
    ("+7", 7),
    ("0o17", 15),
    ("0x1F", 31),
    ("1.5", 1.5),
    (".5", 0.5),
    ("1e3", 1000.0),
    ("-.inf", -math.inf),
    ("no", "no"),
    ("On", "On"),
    ("y", "y"),
    ("nUll", "nUll"),
    ("tRue", "tRue"),
    ("012", "012"),
    ("0b11", "0b11"),
    ("1_000", "1_000"),
    ("12:30:00", "12:30:00"),
    ("2026-11-20", "2026-11-20"),
    ("1.2.3", "1.2.3"),
    ("+", "+"),
    (".", "."),
    ("9" * 400, "9" * 400),
    ("'12'", "12"),
    ('"true"', "true"),
    ("!!str 12", "12"),
    ("! 12", "12"),
    ("!!int 12", 12),
]


@pytest.mark.parametrize("loader", LOADERS, ids=["libyaml", "python"])
@pytest.mark.parametrize(("text", "value"), VALUES, ids=[text[:20] for text, _ in VALUES])
def test_a_scalar_means_what_yaml_1_2_says(loader: type, text: str, value: object) -> None:
    """Numbers and booleans are those of YAML 1.2 that look like it; all else is a text."""
    found = read(f"a: {text}\n".encode(), loader)

    assert found.problems == []
    assert found.documents[0].value == {"a": value}
    assert type(found.documents[0].value["a"]) is type(value)


@pytest.mark.parametrize("loader", LOADERS, ids=["libyaml", "python"])
def test_each_entry_knows_its_place(loader: type) -> None:
    """Keys, values and items are found by their path, through merges and aliases."""
    text = "a: &a\n  b: [x,\n    y]\nc:\n  <<: *a\n  d: 1\ne: *a\n"
    value = read(text.encode(), loader).documents[0].value

    def place(*path: str | int, of_key: bool = False) -> tuple[int, int]:
        return line_and_column(mark_of(value, path, 0, of_key=of_key))

    assert isinstance(value, Block)
    assert isinstance(value["a"]["b"], Items)
    assert place("a", "b", of_key=True) == (2, 3)
    assert place("a", "b") == (2, 6)
    assert place("a", "b", 1) == (3, 5)
    assert place("c", "d") == (6, 6)
    assert place("c", "b", 0) == (2, 7)
    assert place("e") == (7, 4)
    assert place("c", "nothing", "below") == (5, 3)


@pytest.mark.parametrize("loader", LOADERS, ids=["libyaml", "python"])
def test_a_merge_never_overwrites(loader: type) -> None:
    """What stands in a mapping wins over what it merges, and the first of several merges wins."""
    text = "a: &a {x: 1, y: 1}\nb: &b {x: 2, z: 2}\nc: {<<: [*b, *a], y: 3}\n"
    value = read(text.encode(), loader).documents[0].value

    assert value["c"] == {"y": 3, "x": 2, "z": 2}
    assert list(value["c"]) == ["y", "x", "z"]
    assert value["a"] == {"x": 1, "y": 1}

"""The shipped examples: what people copy from."""

from __future__ import annotations

from pathlib import Path

import pytest

from dcsync import declare
from dcsync.model import CONFIG_CLASSES

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(set((ROOT / "examples").glob("*.yaml")) - {ROOT / "examples" / "rules.yaml"})


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_loads_without_a_warning_and_without_any_variable(path: Path) -> None:
    """Each example is a valid declaration by itself, in an empty environment."""
    declarations = declare.load([path], environ={})

    assert declarations.warnings == ()
    assert declarations.projects


def test_the_examples_go_together() -> None:
    """All examples in one run do not get into each other's way."""
    declarations = declare.load([ROOT / "examples"], environ={})

    assert len(declarations.projects) == 4


def test_the_examples_show_every_connector_type() -> None:
    """Each type of connector that dcsync knows is in an example."""
    declarations = declare.load([ROOT / "examples"], environ={})

    shown = {
        declared.connector.type for each in declarations.projects for declared in each.connectors
    }
    assert shown == set(CONFIG_CLASSES)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_tells_editors_its_schema(path: Path) -> None:
    """The first line points at the schema, which is there."""
    first_line = path.read_text("utf-8").splitlines()[0]
    target = first_line.removeprefix("# yaml-language-server: $schema=")

    assert (path.parent / target).is_file()

"""A name means one thing: who reads `Report` must not have to look which one it is."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator

import pytest

from tests.release.building import ROOT


@pytest.mark.slow
def test_no_name_means_two_things() -> None:
    """A class or type has its name alone, private or not; the library's are the official SDK's."""
    places = defaultdict(set)
    for path in sorted((ROOT / "dcsync").rglob("*.py")):
        if "library" not in path.parts:
            for name in types_of(ast.parse(path.read_text("utf-8"))):
                places[name.lstrip("_")].add(path.relative_to(ROOT).as_posix())

    twice = {name: sorted(found) for name, found in places.items() if len(found) > 1}

    assert twice == {}


def types_of(tree: ast.Module) -> Iterator[str]:
    """The classes of a module, and what it calls a type that is put together from others."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield node.name
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(name)], value=value) if _is_type(name, value):
                yield name


def _is_type(name: str, value: ast.expr) -> bool:
    bare = name.lstrip("_")
    is_variable = isinstance(value, ast.Call)  # of a type, that is: it means nothing by itself
    return bare[:1].isupper() and not bare.isupper() and not is_variable

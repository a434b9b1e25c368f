"""Loads dcsync's JSON Schemas and reports where a declaration violates one."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dcsync
from dcsync.declare.declaration import BROKEN, Declaration
from dcsync.declare.problems import Problems
from dcsync.declare.schema.config_schema import with_configs
from dcsync.declare.schema.shape import Predicate, compile_schema
from dcsync.declare.strict_yaml.blocks import Block, KeyPath
from dcsync.model import CONFIG_CLASSES, Config

if TYPE_CHECKING:
    from dcsync.declare.schema.violations import Violation

MAX_VIOLATIONS = 1000
"""A document with more is not checked any further."""


def schema_text(name: str) -> str:
    """A schema as JSON: `declaration` is generated from the connector types, the others are
    files."""
    if name == "declaration":
        return json.dumps(declaration_schema(), indent=2, ensure_ascii=False) + "\n"
    return _shipped(f"{name}.schema.json")


def declaration_schema() -> dict[str, Any]:
    """The schema for declarations."""
    return _schema_of(tuple(CONFIG_CLASSES.values()))


@cache
def _schema_of(types: tuple[type[Config], ...]) -> dict[str, Any]:
    return with_configs(json.loads(_shipped("declaration.base.json")), types)


def _shipped(name: str) -> str:
    """A file of schemas/: inside the package if installed, beside it in a checkout."""
    package = Path(dcsync.__file__).parent
    folders = (package / "schemas", package.parent / "schemas")
    folder = next((each for each in folders if each.is_dir()), folders[0])
    return (folder / name).read_text("utf-8")


def fits_schema(name: str, content: Any) -> bool:
    """Whether a JSON document conforms to the schema."""
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads(schema_text(name))).is_valid(content)


@cache
def _check_of(types: tuple[type[Config], ...]) -> Predicate:
    return compile_schema(_schema_of(types))


def check(declaration: Declaration, problems: Problems) -> None:
    """Report what violates the schema, and replace it by BROKEN so that the rest can be read."""
    if not _check_of(tuple(CONFIG_CLASSES.values()))(declaration.block):
        _report(declaration, problems)


def _report(declaration: Declaration, problems: Problems) -> None:
    from dcsync.declare.schema.violations import broken_paths, describe

    violations = _violations(declaration.block)
    for violation in violations:
        for message, path, of_key in describe(violation):
            problems.error(message, declaration.position(path, of_key=of_key))
    for path in [path for violation in violations for path in broken_paths(violation)]:
        _break(declaration.block, path)
    if len(violations) >= MAX_VIOLATIONS:
        problems.error(
            f"more than {MAX_VIOLATIONS} problems: the others are not shown",
            declaration.at(declaration.start),
        )
        declaration.block.update(dict.fromkeys(declaration_schema()["properties"], BROKEN))


def _violations(block: Block) -> list[Violation]:
    """Without duplicates: of two equal ones the later, which knows the connector's type."""
    from jsonschema import Draft202012Validator

    from dcsync.declare.schema.violations import Violation

    errors = Draft202012Validator(declaration_schema()).iter_errors(block)
    found: dict[object, Violation] = {}
    for violation in map(Violation.of, errors):
        found[violation.kind] = violation
        if len(found) >= MAX_VIOLATIONS:
            break
    return list(found.values())


def _break(node: Any, path: KeyPath) -> None:
    *parents, last = path
    for step in parents:
        node = node[step]
        if node is BROKEN:
            return
    node[last] = BROKEN

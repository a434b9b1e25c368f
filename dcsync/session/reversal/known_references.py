"""Finds references whose current values are those of live secrets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from dcsync.model import Declarations, Secret, config_leaves

FILE = re.compile(r"(…?)(\$\{file:/[^}]*\})")

SCHEMES = ("", "Bearer ", "Basic ", "Token ")
"""Prefixes of secrets that are not secret: HTTP's authentication schemes."""


def known_references(
    declared: Iterable[Declarations], environ: Mapping[str, str]
) -> dict[str, str]:
    """The references that the declarations use, by their current values."""
    declared = list(declared)
    found: dict[str, str] = {}
    for name in sorted({name for each in declared for name in each.variables}):
        if value := environ.get(name):
            found |= {f"{scheme}{value}": f"{scheme}${{env:{name}}}" for scheme in SCHEMES}
    for secret in _secrets(declared):
        file = FILE.fullmatch(secret.shown)
        if file and secret.known:
            value = secret.reveal()
            fitting = (each for each in SCHEMES if bool(each) == bool(file[1]))
            scheme = next((each for each in fitting if value.startswith(each)), None)
            if scheme is not None:
                found[value] = f"{scheme}{file[2]}"
    return found


def _secrets(declared: Iterable[Declarations]) -> Iterator[Secret]:
    for found in declared:
        for project in found.projects:
            for each in project.connectors:
                leaves = (leaf for _, leaf in config_leaves(each.connector.config))
                yield from (leaf for leaf in leaves if isinstance(leaf, Secret))

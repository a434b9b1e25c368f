"""Lays `defaults` under a connector: key by key, null drops one."""

from __future__ import annotations

from dcsync.declare.strict_yaml.blocks import Block

_WHOLE = frozenset(["label_filters"])
"""Mappings that are taken as they are: a null in them has a meaning of its own."""


def lay_under(defaults: Block, above: Block) -> Block:
    """`above` with what `defaults` has and it has not; each value keeps its place."""
    merged = Block()
    for key, value in defaults.items():
        if key not in above:
            merged.put(key, value, defaults.places[key])
    for key, value in above.items():
        below = defaults.get(key)
        if isinstance(value, Block) and isinstance(below, Block) and key not in _WHOLE:
            merged.put(key, lay_under(below, value), above.places[key])
        else:
            merged.put(key, value, above.places[key])
    return merged

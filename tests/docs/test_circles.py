"""No file imports itself by way of others, not for a type checker only either."""

from __future__ import annotations

import grimp

KNOWN = {("dcsync.errors", "dcsync.library.batch")}
"""Names that the official SDK has in its `errors`, looked up late."""


def test_nothing_imports_in_circles_for_annotations_either() -> None:
    """The files of each room can be read one after the other."""
    graph = grimp.build_graph("dcsync", cache_dir=None)
    rooms = [each for each in sorted(graph.modules) if graph.find_children(each)]
    breakers = {found for each in rooms for found in graph.nominate_cycle_breakers(each)}

    assert len(rooms) > 20
    assert breakers == KNOWN

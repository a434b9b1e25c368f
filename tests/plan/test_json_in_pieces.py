"""JSON that is printed as it is made: the same bytes as in one go."""

from __future__ import annotations

from typing import Any

import pytest

from dcsync.render.words import json_pieces, json_text


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"a": 1},
        {"a": []},
        {"a": {}, "b": [[]], "c": None},
        {"before": 1, "operations": [{"x": [1, {"y": "z"}]}, "s", 2.5, None, []], "after": "…"},
        {"line\nbreak": "a\nb", "operations": ["c\nd", {"##[group]": "##[error]x"}]},
        {"operations": ["\x1b[31m", "\u202e", "\ud800", float("nan")], "\x07": "Ø"},
    ],
)
def test_pieces_are_the_whole(content: dict[str, Any]) -> None:
    """Whichever list is given item by item, and whatever acts, hides or breaks lines."""
    in_pieces = {
        key: iter(found) if isinstance(found, list) else found for key, found in content.items()
    }

    assert "".join(json_pieces(in_pieces)) == json_text(content)
    assert "".join(json_pieces(content)) == json_text(content)


def test_items_are_made_one_by_one() -> None:
    """None before the one before it was given away."""
    made = []

    def items() -> Any:
        for number in range(3):
            made.append(number)
            yield {"number": number}

    pieces = json_pieces({"operations": items()})

    assert '"number": 0' in next(pieces)
    assert made == [0]

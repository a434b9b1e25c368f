"""Damages texts as a person at a keyboard does."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

PIECES = [
    "",
    " ",
    "\n",
    "\n  ",
    ": ",
    "- ",
    "null",
    "[]",
    "{}",
    "1",
    "'",
    '"',
    "*first",
    "&a",
    "${",
    "}",
    "\t",
    "# c",
    "|\n",
    "? ",
    "\n---\n",
    "\u2028",
]
EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 12), st.sampled_from(PIECES)), min_size=1, max_size=4
)

relaxed = settings(
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=200,
)


def edited(text: str, edits: list[tuple[float, int, str]]) -> str:
    """`text` with pieces replaced: where, as a share of its length, how much, and by what."""
    for where, length, piece in edits:
        start = int(where * len(text))
        text = text[:start] + piece + text[start + length :]
    return text

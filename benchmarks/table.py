"""The rows as text for people and as JSON for programs."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from benchmarks.row import Row

_WORDS = {True: "reached", False: "missed", None: ""}
_HEAD = ("what", "measured", "against", "ratio", "target", "")


def text_of(rows: Sequence[Row]) -> str:
    """A table in columns, and below it what a row says beside."""
    lines = [_HEAD, *map(_cells, rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    table = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
    notes = [f"{row.name}: {beside}" for row in rows if (beside := beside_of(row))]
    return "\n".join([machine(), "", *table, "", *notes]) + "\n"


def json_of(rows: Sequence[Row]) -> str:
    """The same with every digit."""
    body = {"machine": machine(), "rows": list(map(_fields, rows))}
    return json.dumps(body, indent=2, ensure_ascii=False) + "\n"


def machine() -> str:
    """What the figures were measured on."""
    return f"CPython {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}"


def value_text(row: Row) -> str:
    return row.note if row.value is None else quantity(row.value, row.unit)


def ratio_text(row: Row) -> str:
    return "" if row.ratio is None else f"{row.ratio:.2f} ×"


def target_text(row: Row) -> str:
    if row.most_ratio is not None:
        return f"≤ {row.most_ratio:.2f} ×"
    return "" if row.most_value is None else f"≤ {quantity(row.most_value, row.unit)}"


def beside_of(row: Row) -> str:
    """The same at other sizes, and the note."""
    sizes = ", ".join(f"{cost:.4g} at {size:,}" for size, cost in row.series)
    note = "" if row.value is None else row.note
    return "; ".join(filter(None, (sizes, note)))


def quantity(number: float, unit: str) -> str:
    digits = f"{number:,.0f}" if number >= 1000 or unit == "calls" else f"{number:.3g}"
    return f"{digits} {unit}"


def _cells(row: Row) -> tuple[str, ...]:
    reference = "" if row.reference is None else quantity(row.reference, row.unit)
    against = f"{reference}: {row.against}" if reference else row.against
    return (
        row.name,
        value_text(row),
        against,
        ratio_text(row),
        target_text(row),
        _WORDS[row.reached],
    )


def _fields(row: Row) -> dict[str, Any]:
    return {**asdict(row), "ratio": row.ratio, "reached": row.reached}

"""Formats a Plan as one line per project; deletes are always listed. Prints nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dcsync.plan import Operation, Plan
from dcsync.render.naming import designated
from dcsync.render.plans.plan_groups import loses
from dcsync.render.plans.plan_lines import STYLES, SYMBOLS, headline
from dcsync.render.words import Style, Visible, padded, row, visible


def project_lines(plan: Plan, style: Style) -> Iterator[Visible]:
    """One line per project with anything but connectors in sync."""
    operations: dict[str, list[Operation]] = {}
    for each in plan.operations:
        operations.setdefault(each.project_key, []).append(each)
    unmanaged = Counter(each.project_key for each in plan.unmanaged)
    keys = {key: visible(designated(key, plan.names)) for key in (*operations, *unmanaged)}
    width = max(map(len, keys.values()), default=0)
    for key, project in keys.items():
        found = operations.get(key, [])
        yield row([padded(project, width), *_counts(found, unmanaged[key], style)])
        for each in filter(loses, found):
            yield style(visible(f"    {headline(each)}"), STYLES[each.action])


def _counts(operations: list[Operation], unmanaged: int, style: Style) -> Iterator[Visible]:
    """`+1  ~2`: how many there are of each that there are."""
    counts = Counter(each.action for each in operations)
    for action, symbol in SYMBOLS.items():
        if counts[action]:
            yield style(visible(f"{symbol}{counts[action]}"), STYLES[action])
    if unmanaged:
        yield style(visible(f"?{unmanaged}"), "dim")

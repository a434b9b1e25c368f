"""Formats the difference of two plans for people. Returns strings, prints nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dcsync.model import FieldPath
from dcsync.plan import Change, Operation, Shown
from dcsync.plan.difference import OperationDifference, PlanDifference
from dcsync.render.plans.plan_lines import STYLES, headline, render_value
from dcsync.render.plans.plan_markdown import SIZE_LIMIT, section
from dcsync.render.words import Style, Visible, block, lines, paragraphs, plain, value, visible


def render_difference(difference: PlanDifference, style: Style = plain) -> Visible:
    """What only one plan does, what both do differently, and the tally."""
    return paragraphs([render_body(difference, style), tally(difference)])


def render_markdown(difference: PlanDifference) -> Visible:
    """The same for a comment on a pull request."""
    room = SIZE_LIMIT // 4
    return paragraphs(
        [
            block("### dcsync plans compared"),
            tally(difference),
            *(section(title, "text", list(parts), room) for title, parts in _parts(difference)),
        ]
    )


def render_body(difference: PlanDifference, style: Style = plain) -> Visible:
    """The same as text without the tally."""
    return paragraphs(
        lines([style(visible(f"{title}:"), "bold"), *parts])
        for title, parts in _parts(difference, style)
    )


def tally(difference: PlanDifference) -> Visible:
    """In numbers, with both digests."""
    if difference.is_empty:
        return visible(f"No difference. Digest {difference.after[:8]}.")
    counts = (
        f"{len(difference.vanished)} only in the old plan, "
        f"{len(difference.appeared)} only in the new plan, {len(difference.changed)} changed"
    )
    digests = f"{difference.before[:8]} -> {difference.after[:8]}"
    return visible(f"Difference: {counts}. Digest {digests}.")


def _parts(difference: PlanDifference, style: Style = plain) -> Iterator[tuple[str, list[Visible]]]:
    """Titles with what stands below; none without anything."""
    parts = {
        "Different selection": [
            visible(f"  {each.name}: {_shown(each.before)}, now {_shown(each.after)}")
            for each in difference.narrowing
        ],
        "Only in the old plan": [_operation(each, style) for each in difference.vanished],
        "Only in the new plan": [_operation(each, style) for each in difference.appeared],
        "Changed": [_changed(each, style) for each in difference.changed],
        "The order of the operations": [visible("  differs")] * difference.reordered,
        "No longer refused": [visible(f"  {each.message}") for each in difference.guards_vanished],
        "Now refused": [visible(f"  {each.message}") for each in difference.guards_appeared],
    }
    yield from ((title, part) for title, part in parts.items() if part)


def _operation(operation: Operation, style: Style) -> Visible:
    changes = (f"{value(str(each.path))}: {_change(each)}" for each in operation.changes)
    return _under(operation, changes, style)


def _changed(changed: OperationDifference, style: Style) -> Visible:
    fields = [
        f"{each.name}: {_shown(each.before)}, now {_shown(each.after)}" for each in changed.fields
    ]
    changes = [
        f"{value(each.path)}: {_change(each.before)}, now {_change(each.after)}"
        for each in changed.changes
    ]
    return _under(changed.after, [*fields, *changes], style)


def _under(operation: Operation, below: Iterable[str], style: Style) -> Visible:
    head = style(headline(operation), STYLES[operation.action])
    return lines([head, *(visible(f"    {each}") for each in below)])


def _change(change: Change | None) -> str:
    if change is None:
        return "not changed"
    hidden = " (sensitive)" if change.sensitive else ""
    before, after = render_value(change, change.before), render_value(change, change.after)
    return f"{before} -> {after}{hidden}"


def _shown(shown: Shown) -> Visible:
    return render_value(Change(FieldPath(), shown, None), shown)

"""Warns about live connectors that are left alone beside a declared one and may double its events.
Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from dcsync.model import Connector, Declared, Diagnostic, Severity, endpoint_of
from dcsync.plan.operations import Unmanaged
from dcsync.plan.retirement import name_before


def warn_about_duplicates(
    pairs: Iterable[tuple[Declared, Connector | None]], unmanaged: Iterable[Unmanaged]
) -> Iterator[Diagnostic]:
    """A warning for each unmanaged connector with the name of a declared one.

    Also with the name of one being replaced: its events arrive twice.
    """
    declared = {each.connector.display_name: each for each, _ in pairs}
    for entry in unmanaged:
        if same := declared.get(_name_before(entry.display_name)):
            yield _warning(
                same,
                f"the live connector {entry.data_connector_id} has the same name and is left "
                f"alone ({entry.reason}); events may arrive twice",
            )


def warn_about_shared_endpoints(
    pairs: Sequence[tuple[Declared, Connector | None]],
    unmanaged: Sequence[Unmanaged],
    live: Sequence[Connector],
) -> Iterator[Diagnostic]:
    """A warning for each connector to create whose endpoint unmanaged ones of other names have.

    As after a changed display name without `renamed_from`: the old connector keeps delivering.
    """
    by_id = {each.data_connector_id: each for each in live} if unmanaged else {}
    others = [by_id[each.data_connector_id] for each in unmanaged]
    for declared in (each for each, found in pairs if found is None):
        if found := [each for each in others if _share_an_endpoint(declared.connector, each)]:
            names = ", ".join(f"{each.data_connector_id} {each.display_name!r}" for each in found)
            yield _warning(
                declared,
                f"it delivers to the endpoint of a live connector that is left alone ({names}); "
                "events may arrive twice. If that is its former name, add it to renamed_from",
            )


def _name_before(name: str) -> str:
    """The name that a connector had before it was to be replaced, or has."""
    return name_before(name) or name


def _share_an_endpoint(wanted: Connector, other: Connector) -> bool:
    """Whether two of different names deliver some event to one place; no types are all types."""
    types, others = set(wanted.event_types), set(other.event_types)
    return (
        wanted.type == other.type
        and _name_before(other.display_name) != wanted.display_name
        and "USER_DISABLED" not in {wanted.status, other.status}
        and bool(endpoint := endpoint_of(wanted))
        and endpoint == endpoint_of(other)
        and (not types or not others or not types.isdisjoint(others))
    )


def _warning(declared: Declared, message: str) -> Diagnostic:
    return Diagnostic(Severity.WARNING, f"{declared.address}: {message}", declared.position)

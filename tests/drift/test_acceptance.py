"""Which drift counts where some of it is accepted until a day: entry by entry."""

from __future__ import annotations

import pytest

from dcsync.drift.acceptance import judge
from dcsync.drift.found import Drift, DriftKind, FieldDrift
from dcsync.model import Position, field_path
from dcsync.model.acceptance import Acceptance

HERE = Position("drift.accepted.yaml", 1, 1)
TODAY, LATER, BEFORE = "2026-11-21", "2026-11-22", "2026-11-20"


def drift(address: str, *paths: str) -> Drift:
    fields = tuple(FieldDrift(field_path(path), "a", "b") for path in paths)
    kind = DriftKind.CHANGED if paths else DriftKind.DELETED
    return Drift(kind, address, "oslo", "p", "id", "a", None, fields)


def entry(address: str, field: str, expires: str = LATER) -> Acceptance:
    return Acceptance(address, field, "a test", expires, HERE)


def parts(drifts: tuple[Drift, ...]) -> list[tuple[str, ...]]:
    return [(each.address, *each.paths) for each in drifts]


LABELS, URL = "labels", "config.url"
CHANGED = drift("oslo/a", LABELS, URL)


@pytest.mark.parametrize(
    ("entries", "counted", "accepted", "expired", "unused"),
    [
        ([], [LABELS, URL], [], [], []),
        ([entry("oslo/a", LABELS)], [URL], [LABELS], [], []),
        ([entry("oslo/a", LABELS, TODAY)], [URL], [LABELS], [], []),
        ([entry("oslo/a", LABELS, BEFORE)], [LABELS, URL], [], [0], []),
        ([entry("oslo/a", "*")], [], [LABELS, URL], [], []),
        ([entry("*/a", "config.*"), entry("*", LABELS)], [], [LABELS, URL], [], []),
        ([entry("oslo/b", LABELS)], [LABELS, URL], [], [], [0]),
        ([entry("oslo/b", LABELS, BEFORE)], [LABELS, URL], [], [], [0]),
        ([entry("oslo/a", "status")], [LABELS, URL], [], [], [0]),
        ([entry("*", LABELS, BEFORE), entry("*", LABELS)], [URL], [LABELS], [0], []),
        ([entry("*", LABELS), entry("oslo/a", LABELS)], [URL], [LABELS], [], []),
    ],
)
def test_each_field_is_accepted_or_counts(
    entries: list[Acceptance],
    counted: list[str],
    accepted: list[str],
    expired: list[int],
    unused: list[int],
) -> None:
    """An entry holds to the end of its day; one that meets nothing is told, expired or not."""
    found = judge([CHANGED], entries, TODAY)

    assert [path for each in found.drifts for path in each.paths] == counted
    assert sorted(path for each in found.accepted for path in each.drift.paths) == sorted(accepted)
    assert [entries.index(each) for each in found.expired] == expired
    assert [entries.index(each) for each in found.unused] == unused


@pytest.mark.parametrize(("field", "is_accepted"), [("*", True), (LABELS, False)])
def test_a_missing_connector_is_accepted_as_a_whole(field: str, is_accepted: bool) -> None:
    """It has no fields to name."""
    found = judge([drift("oslo/a")], [entry("oslo/a", field)], TODAY)

    assert parts(found.drifts) == ([] if is_accepted else [("oslo/a", "*")])
    assert len(found.accepted) == is_accepted


def test_the_names_of_headers_have_no_case() -> None:
    """As everywhere."""
    changed = drift("oslo/a", "config.headers.X-Key")

    assert judge([changed], [entry("oslo/a", "config.headers.x-key")], TODAY).drifts == ()

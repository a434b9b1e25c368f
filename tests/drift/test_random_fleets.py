"""No false alarm and nothing overlooked, whatever was applied, declared and done by hand."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence

import pytest

from dcsync.drift import ProjectDrift, find_drift, sides_of
from dcsync.model import Connector, Declarations
from tests.drift.fleets import (
    TAMPERINGS,
    Tampering,
    applied_revision,
    apply_partly,
    cloud_of,
    next_revision,
)

FLEETS = int(os.environ.get("STORM", "200"))


def found_in(
    applied: Declarations, declared: Declarations, live: Sequence[Connector]
) -> ProjectDrift:
    [sides] = sides_of(applied, declared)
    return find_drift(sides, live, counts_unmanaged=True)


@pytest.mark.slow
def test_a_cloud_that_was_left_alone_raises_no_alarm() -> None:
    """Whatever is merged since the apply, and however much of it is carried out: no drift."""
    for seed in range(FLEETS):
        chance = random.Random(seed)
        applied = applied_revision(chance)
        declared = next_revision(chance, applied)
        live = cloud_of(applied)
        apply_partly(chance, live, declared, applied)

        found = found_in(applied, declared, list(live.values()))

        assert (found.drifts, found.problems) == ((), ()), seed


@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda each: each.__name__.strip("_"))
def test_what_was_done_by_hand_is_found(tamper: Tampering) -> None:
    """Each change in the console is drift, in fleets where nothing else is."""
    done = 0
    for seed in range(FLEETS // 4):
        chance = random.Random(seed)
        applied = applied_revision(chance)
        live = cloud_of(applied)
        if not tamper(chance, live):
            continue
        done += 1

        found = found_in(applied, applied, list(live.values()))

        assert len(found.drifts) == 1, seed
        assert not found.pending, seed
    assert done


@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda each: each.__name__.strip("_"))
def test_what_is_pending_hides_no_drift(tamper: Tampering) -> None:
    """The same among declarations that are merged and not applied, but for what those remove."""
    for seed in range(FLEETS // 4):
        chance = random.Random(seed)
        applied = applied_revision(chance)
        declared = next_revision(chance, applied)
        live = cloud_of(applied)
        before = dict(live)
        if not tamper(chance, live):
            continue
        lost = [each for key, each in before.items() if key not in live]
        kept = {each.address for each in declared.projects[0].connectors} | {
            each.connector.display_name for each in declared.projects[0].connectors
        }
        was = {each.connector.display_name: each for each in applied.projects[0].connectors}
        is_removed = any(
            was[each.display_name].address not in kept and each.display_name not in kept
            for each in lost
        )

        found = found_in(applied, declared, list(live.values()))

        assert bool(found.drifts) is not is_removed, seed

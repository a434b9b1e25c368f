"""What refusals teach, number by number."""

from __future__ import annotations

import pytest

from dcsync.cloud.allowance import Allowance, learn

REFUSED_S = 100.0


def _ends(count: int, last_s: float = REFUSED_S) -> list[float]:
    return [last_s - 0.01 * number for number in reversed(range(count))]


@pytest.mark.parametrize(
    ("ends_s", "wait_s", "expected"),
    [
        ([], 1.0, None),
        ([95.0], 5.0, None),
        ([95.01], 5.0, Allowance(1, 10.09, REFUSED_S)),
        ([40.0], 5.01, None),
        ([40.01], 5.01, Allowance(1, 60.0, REFUSED_S)),
        ([90.0], 5.01, Allowance(1, 15.11, REFUSED_S)),
        (_ends(24), 5.0, Allowance(24, 5.33, REFUSED_S)),
        (_ends(25), 5.0, Allowance(25, 5.0, REFUSED_S)),
        (_ends(26), 0.0, Allowance(26, 5.0, REFUSED_S)),
        (_ends(25), 6.0, Allowance(25, 6.34, REFUSED_S)),
        ([100.0], 0.0, Allowance(1, 0.1, REFUSED_S)),
        ([101.0], 0.0, Allowance(1, 0.1, REFUSED_S)),
    ],
)
def test_a_first_refusal_tells_calls_and_window(
    ends_s: list[float], wait_s: float, expected: Allowance | None
) -> None:
    """Only calls that may still count do; the documented rate explains what reaches it."""
    found = learn(ends_s, REFUSED_S, wait_s, None)

    assert (found and (found.calls, round(found.window_s, 6), found.since_s, found.proved)) == (
        expected and (expected.calls, expected.window_s, expected.since_s, expected.proved)
    )


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (Allowance(10, 5.0, 1.0), (8, 5.0)),
        (Allowance(9, 5.0, 1.0), (7, 5.0)),
        (Allowance(2, 5.0, 1.0), (1, 5.0)),
        (Allowance(1, 4.0, 1.0), (1, 5.0)),
        (Allowance(1, 48.0, 1.0), (1, 60.0)),
        (Allowance(1, 59.0, 1.0), (1, 60.0)),
    ],
)
def test_a_further_refusal_takes_a_fifth(before: Allowance, expected: tuple[int, float]) -> None:
    """Fewer calls, and once it is one call a longer window; from then on it is proved."""
    found = learn([], REFUSED_S, 1.0, before)

    assert found is not None
    assert (found.calls, found.window_s) == expected
    assert (found.since_s, found.proved) == (REFUSED_S, True)


@pytest.mark.parametrize(("held_calls", "calls"), [(31, 24), (32, 25)])
def test_what_explains_a_much_lower_rate_is_believed(held_calls: int, calls: int) -> None:
    """Four fifths or more of what was held is no news: then a fifth of it goes."""
    found = learn(_ends(25), REFUSED_S, 5.0, Allowance(held_calls, 5.0, 1.0))

    assert found == Allowance(calls, 5.0, REFUSED_S, proved=True)


@pytest.mark.parametrize(
    ("held", "quiet_s", "calls"),
    [
        (Allowance(4, 5.0, 0.0), 10.0, 4),
        (Allowance(4, 5.0, 0.0), 10.1, 7),
        (Allowance(4, 5.0, 0.0, proved=True), 30.0, 4),
        (Allowance(4, 5.0, 0.0, proved=True), 30.1, 7),
        (Allowance(24, 5.0, 0.0), 99.0, 25),
        (Allowance(25, 5.0, 0.0), 99.0, 25),
        (Allowance(26, 5.0, 0.0), 99.0, 26),
        (Allowance(1, 0.1, 0.0), 99.0, 1),
        (Allowance(1, 0.5, 0.0), 99.0, 2),
        (Allowance(3, 1.0, 0.0), 99.0, 5),
    ],
)
def test_quiet_lets_it_grow_to_the_documented_rate(
    held: Allowance, quiet_s: float, calls: int
) -> None:
    """Half as much again after two windows, or after 30 s where it was proved; never beyond."""
    grown = held.grown(quiet_s)

    assert grown.calls == calls
    assert grown.since_s == (quiet_s if calls != held.calls else 0.0)
    assert (grown.window_s, grown.proved) == (held.window_s, held.proved)


def test_a_rate_is_calls_a_second() -> None:
    """Ten in four seconds are two and a half."""
    assert Allowance(10, 4.0, 0.0).rate == 2.5

"""What refusals teach, number by number."""

from __future__ import annotations

import math

import pytest

from dcsync.cloud.allowance import IN_VAIN, OTHERS_FIRST_S, Allowance, learn

REFUSED_S = 100.0


def _ends(count: int, last_s: float = REFUSED_S) -> list[float]:
    return [last_s - 0.01 * number for number in reversed(range(count))]


@pytest.mark.parametrize(
    ("ends_s", "wait_s", "expected"),
    [
        ([], 1.0, (1, 5.0, True)),
        ([], 5.01, None),
        ([95.0], 5.0, (1, 5.0, True)),
        ([95.01], 5.0, (1, 5.0, True)),
        ([99.0], 1.0, (1, 2.1, True)),
        (_ends(17), 1.0, (17, 5.0, True)),
        ([40.0], 5.01, None),
        ([40.01], 5.01, (1, 60.0, False)),
        ([90.0], 5.01, (1, 15.11, False)),
        (_ends(24), 5.0, (24, 5.0, True)),
        (_ends(25), 5.0, (25, 5.0, False)),
        (_ends(26), 0.0, (26, 5.0, False)),
        (_ends(25), 6.0, (25, 6.34, False)),
        ([100.0], 0.0, (1, 5.0, True)),
        ([101.0], 0.0, (1, 5.0, True)),
    ],
)
def test_a_first_refusal_tells_calls_and_window(
    ends_s: list[float], wait_s: float, expected: tuple[int, float, bool] | None
) -> None:
    """Only calls that may still count do; no window makes it faster than the documented rate, and
    who was refused before that shares it, even if nothing was accepted yet."""
    found = learn(ends_s, REFUSED_S, wait_s, None)

    assert (found and (found.calls, round(found.window_s, 6), found.shared)) == expected
    assert found is None or found.since_s == REFUSED_S


@pytest.mark.parametrize(
    ("before", "accepted", "expected"),
    [
        (Allowance(10, 5.0, 1.0, shared=True), 10, (10, 5.0)),
        (Allowance(10, 5.0, 1.0, shared=True), 7, (7, 5.0)),
        (Allowance(10, 5.0, 1.0, shared=True), 11, (10, 5.0)),
        (Allowance(10, 5.0, 1.0, shared=True), 0, (1, 5.0)),
        (Allowance(25, 5.0, 1.0), 24, (12, 5.0)),
        (Allowance(25, 5.0, 1.0), 1, (1, 5.0)),
        (Allowance(1, 4.0, 1.0, shared=True), 0, (1, 5.0)),
        (Allowance(1, 5.0, 1.0, shared=True), 0, (1, 5.0)),
        (Allowance(1, 8.0, 1.0), 0, (1, 8.0)),
    ],
)
def test_a_further_refusal_leaves_what_was_accepted(
    before: Allowance, accepted: int, expected: tuple[int, float]
) -> None:
    """Half of it where all of the limit was kept until now; where it is one call, a longer
    window."""
    found = learn(_ends(accepted), REFUSED_S, 1.0, before)

    assert found is not None
    assert (found.calls, found.window_s) == expected
    assert (found.since_s, found.shared) == (REFUSED_S, True)


@pytest.mark.parametrize(("before_s", "after_s"), [(10.0, 12.5), (48.0, 60.0), (59.0, 60.0)])
def test_a_window_of_minutes_is_found_by_its_retry_after(before_s: float, after_s: float) -> None:
    """One call in more than five seconds is not the documented limit."""
    found = learn([], REFUSED_S, 6.0, Allowance(1, before_s, 1.0))

    assert found is not None
    assert (found.calls, found.window_s) == (1, after_s)


@pytest.mark.parametrize(
    ("held", "now_s", "until_s"),
    [
        (Allowance(6, 5.0, 0.0), 0.1, 0.0),
        (Allowance(7, 5.0, 0.0), 4.0, 1.0),
        (Allowance(7, 5.0, 0.0), 5.1, 0.0),
        (Allowance(7, 5.0, 2.0), 6.5, 0.5),
        (Allowance(7, 5.0, 2.0), 7.1, 0.0),
        (Allowance(6, 5.0, 0.0, in_vain=IN_VAIN - 1), 5.1, 0.0),
        (Allowance(6, 5.0, 0.0, in_vain=IN_VAIN), 14.0, 1.0),
        (Allowance(6, 5.0, 0.0, in_vain=IN_VAIN), 15.1, 0.0),
        (Allowance(25, 5.0, 0.0), 99.0, math.inf),
        (Allowance(1, 0.1, 0.0), 99.0, math.inf),
        (Allowance(1, 0.5, 0.0), 99.0, 0.0),
    ],
)
def test_one_call_more_is_tried_up_to_the_documented_rate(
    held: Allowance, now_s: float, until_s: float
) -> None:
    """At once with little of it, else once a window; and less often where it was in vain for a
    minute."""
    assert held.until_more_s(now_s, began_s=-10.0) == until_s


def test_much_of_it_lets_others_try_first() -> None:
    """Until those who were told to wait for whole seconds have had their turn in this window."""
    much, little = Allowance(7, 5.0, 0.0), Allowance(6, 5.0, 0.0)

    assert much.until_more_s(20.0, began_s=20.0) == pytest.approx(OTHERS_FIRST_S)
    assert much.until_more_s(21.1, began_s=20.0) == 0.0
    assert little.until_more_s(20.0, began_s=20.0) == 0.0
    assert Allowance(5, 4.0, 0.0).until_more_s(20.0, began_s=20.0) == 0.0


def test_what_is_accepted_beyond_it_belongs_to_it() -> None:
    """With the documented rate nobody else takes a part any more."""
    grown = Allowance(23, 5.0, 0.0, shared=True, in_vain=3).grown()

    assert (grown.calls, grown.shared, grown.in_vain) == (24, True, 0)
    assert grown.grown().shared is False

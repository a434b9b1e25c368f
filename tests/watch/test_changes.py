"""Whose health changed since somebody was told, and what can be known of the time that is left."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcsync.cloud.reader import Metrics
from dcsync.render.status.status_notification import (
    MOST_BYTES,
    notification,
    text_of,
    time_left_text,
)
from dcsync.watch.changes import (
    DISABLED_AFTER_S,
    Record,
    TimeLeft,
    changes_of,
    look_again,
    time_left,
    unreported,
)
from dcsync.watch.standing import DriftState, Standing
from tests.watch.standings import overview, standing

H = 3600.0
FINE, MIXED, FAILS, SILENT = (
    Metrics(9, 0, ""),
    Metrics(1, 9, ""),
    Metrics(0, 9, ""),
    Metrics(0, 0, ""),
)
OFF = {"status": "SYSTEM_DISABLED", "metrics": SILENT}
UNSEEN = {"status": "", "metrics": None, "trouble": "403"}


def seen(*looks: tuple[float, Metrics | dict[str, object]]) -> Record:
    """What is remembered after looking at these hours."""
    records: dict[str, Record] = {}
    for hour, found in looks:
        values = found if isinstance(found, dict) else {"metrics": found}
        records = look_again([standing("a", **values)], records, hour * H)
    return records["a"]


@pytest.mark.parametrize(
    ("looks", "left_h"),
    [
        ([(0, FINE)], None),
        ([(0, FAILS)], (None, 120)),
        ([(0, FAILS), (2, FAILS)], (None, 118)),
        ([(0, FAILS), (4, FAILS)], (None, 120)),  # nobody knows what came at the first hour
        ([(10, FINE), (11, FAILS)], (120 - 4, 120)),  # a success may have been the first of three
        ([(10, MIXED), (11, FAILS), (13, FAILS)], (120 - 6, 118)),
        ([(10, FINE), (11, FAILS), (12, SILENT), (13, FAILS)], (120 - 6, 118)),
        ([(10, FINE), (11, FAILS), (12, MIXED), (13, FAILS)], (120 - 4, 120)),
        ([(10, FINE), (11, FAILS), (12, UNSEEN), (13, FAILS)], (120 - 6, 118)),
        ([(10, FINE), (11, FAILS), (40, FAILS)], (120 - 33, 120)),
        ([(10, OFF), (11, FAILS)], (119, 120)),  # enabled again: the service begins anew
        ([(10, FAILS), (12, OFF), (13, FAILS)], (119, 120)),
        ([(10, SILENT), (11, FAILS)], (None, 120)),
        ([(10, FINE), (11, FAILS), (12, SILENT)], (115, 119)),
        ([(1, FAILS), *((hour, FAILS) for hour in range(3, 200, 2))], (None, 0)),
    ],
)  # fmt: skip
def test_how_long_until_the_service_disables_it(
    looks: list[tuple[float, Metrics | dict[str, object]]],
    left_h: tuple[float | None, float] | None,
) -> None:
    """As far as it follows from what was seen: nobody knows of hours that nobody looked at."""
    left = time_left(seen(*looks))

    assert (left and (left.at_least_s and left.at_least_s / H, left.at_most_s / H)) == left_h


@given(st.lists(st.tuples(st.floats(0.1, 9), st.sampled_from([FINE, MIXED, FAILS, SILENT]))))
def test_the_bounds_hold_whatever_is_seen(steps: list[tuple[float, Metrics]]) -> None:
    """At least is never more than at most, and both lie within five days."""
    hour, looks = 0.0, []
    for step, metrics in steps:
        hour += step
        looks.append((hour, metrics))
    left = time_left(seen(*looks)) if looks else None

    if left:
        assert 0 <= (left.at_least_s or 0) <= left.at_most_s <= DISABLED_AFTER_S


@pytest.mark.parametrize(
    ("left", "text"),
    [
        (TimeLeft(None, 118 * H), "not known; the service disables it in at most 118 h"),
        (
            TimeLeft(97 * H, 118 * H),
            "if it keeps failing, the service disables it in 97 to 118 h",
        ),
        (TimeLeft(2 * H, 2.2 * H), "disables it in 2 h"),
        (TimeLeft(0.0, 0.0), "disables it in 0 h"),
    ],
)
def test_the_time_left_in_words(left: TimeLeft, text: str) -> None:
    """In hours, a span where that is all that is known."""
    assert time_left_text(left).endswith(text)


def test_each_change_of_health_is_one() -> None:
    """Also back to what it was; staying as it is is none."""
    states = [FINE, FAILS, FAILS, FINE, Metrics(9, 1, ""), SILENT, SILENT, FINE]
    records = look_again([standing("a")], {}, 0)
    told = []
    for hour, (_, metrics) in enumerate(pairwise(states), 1):
        now = [standing("a", metrics=metrics)]
        after = look_again(now, records, hour * H)
        told += [(c.before, str(c.standing.health)) for c in changes_of(now, records, after)]
        records = after

    assert told == [
        ("OK", "FAILING"),
        ("FAILING", "OK"),
        ("OK", "DEGRADED"),
        ("DEGRADED", "QUIET"),
        ("QUIET", "OK"),
    ]


def test_what_nobody_was_told_stays_news() -> None:
    """What was seen of it is remembered all the same."""
    now = [standing("new", metrics=FAILS), standing("known", metrics=FAILS)]
    before = look_again([standing("known")], {}, 0)
    records = unreported(look_again(now, before, H), before)

    later = look_again(now, records, 2 * H)
    news = {each.standing.address: each for each in changes_of(now, records, later)}

    assert {name: each.before for name, each in news.items()} == {"new": "", "known": "OK"}
    assert news["known"].time_left == TimeLeft(115 * H, 119 * H)


def test_who_is_not_looked_at_is_not_forgotten() -> None:
    """A run that is narrowed leaves the others as they are."""
    records = look_again([standing("a", metrics=FAILS), standing("b")], {}, 0)

    after = look_again([standing("b")], records, H)

    assert after["a"] == records["a"]
    assert changes_of([standing("a", metrics=FAILS)], after, after) == []


def many(count: int) -> str:
    now = [standing(f"oslo/{number}", drift=DriftState.DRIFTED) for number in range(count)]
    changes = changes_of(now, {}, look_again(now, {}, 0))
    return notification(changes, overview(*now), datetime(2026, 3, 1, tzinfo=UTC))


def test_a_post_is_small_enough_to_be_taken() -> None:
    """Of many changes the worst, and how many more there are."""
    whole = many(300)
    post = json.loads(whole)

    assert len(whole) < MOST_BYTES + 6000
    assert post["changed"] == 300 == len(post["changes"]) + post["left_out"]
    assert post["left_out"] > 0
    assert post["text"].splitlines()[-1] == "… and 280 more: see dcsync status"


def test_no_name_is_a_mention_or_a_link() -> None:
    """Whatever a chat makes of such characters."""
    evil = "<!channel> [x](https://evil.example.com) a&b\n@here"
    now: list[Standing] = [replace(standing("a", drift=DriftState.DRIFTED), project_name=evil)]

    text = text_of(changes_of(now, {}, look_again(now, {}, 0)))

    assert "&lt;!channel&gt; [x] (https://evil.example.com) a&amp;b" in text
    assert len(text.splitlines()) == 2

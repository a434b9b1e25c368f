"""Back-filled events: none is lost in a gap and none is shown twice, whatever it takes to know."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from dcsync import emulator
from dcsync.cloud.clock import Clock
from dcsync.watch.happenings import Gap, Happening, Joined, MatchedEvent
from dcsync.watch.late import MOST_IDS, MOST_RANGES, Late, is_late, is_since
from dcsync.watch.moments import text_of
from dcsync.watch.survey import Survey
from tests.watch.conftest import Oslo, ids

QUARTER_S = 900.0


def late(oslo: Oslo, device_id: str, ago_s: float, event_type: str = "temperature") -> str:
    """Let a device send what it measured so long ago."""
    values: dict[str, Any] = {"value": ago_s}
    if event_type == "humidity":
        values = {"temperature": 20.0, "relativeHumidity": 40}
    moment = text_of(time.time() - ago_s)
    return oslo.publish(device_id, event_type, **values, updateTime=moment, isBackfilled=True)


def backfill(oslo: Oslo, device_id: str, *ago_s: float) -> Callable[[], object]:
    return lambda: [late(oslo, device_id, each) for each in ago_s]


HOURS = [3600.0 * number for number in range(1, 10)]
"""Nine measurements, the newest first."""


def rest(
    happenings: Iterator[Happening], oslo: Oslo, device_id: str, *, joins: bool = False
) -> list[Happening]:
    """Everything up to a last event, which is published now, or once the next gap is over."""
    found = []
    if joins:
        for happening in happenings:
            found.append(happening)
            if isinstance(happening, Joined):
                break
    last = oslo.publish(device_id, "touch")
    for happening in happenings:
        found.append(happening)
        if isinstance(happening, MatchedEvent) and happening.arrival.event_id == last:
            break
    return found


def shown_of(happenings: list[Happening]) -> list[str]:
    return [each.arrival.event_id for each in happenings if isinstance(each, MatchedEvent)]


def gaps_of(happenings: list[Happening]) -> list[str]:
    return [each.reason for each in happenings if isinstance(each, Gap)]


BEFORE: dict[str, tuple[list[float], list[float]]] = {
    "a new device": ([], []),
    "heard in the watch": ([], [0.0]),
    "heard before the watch": ([0.0], []),
    "heard before and in the watch": ([10.0, 5.0], [1.0, 0.0]),
    "long silent, then heard": ([30 * 3600.0], [0.0]),
    "heard between its measurements": ([5.5 * 3600.0], [0.0]),
    "of the past alone": ([], [4.5 * 3600.0]),
}
"""When a device measured, in seconds ago: before the watch, and in it before the gap."""


@pytest.mark.parametrize("reported", ["newest", "last"])
@pytest.mark.parametrize("name", BEFORE)
@pytest.mark.parametrize("fresh", [False, True])
def test_what_is_back_filled_in_a_gap_is_found(
    oslo: Oslo, name: str, fresh: bool, reported: str
) -> None:
    """Nine of nine, each once, with or without a newer measurement, and none of before."""
    oslo.cloud.switch(reported_is=reported)
    device_id = oslo.add_device(name="Fridge")
    before, during = BEFORE[name]
    for ago_s in before:
        oslo.publish(device_id, value=ago_s, updateTime=text_of(time.time() - ago_s))
    oslo.published.clear()
    happenings = oslo.joined()
    for ago_s in during:
        oslo.publish(device_id, value=ago_s, updateTime=text_of(time.time() - ago_s))
    assert ids(happenings, len(during)) == oslo.published

    def in_gap() -> None:
        backfill(oslo, device_id, *HOURS)()
        if fresh:
            oslo.publish(device_id)

    oslo.interrupt(in_gap)
    found = rest(happenings, oslo, device_id, joins=True)

    assert Counter(shown_of(found)) == Counter(oslo.published[len(during) :])
    assert gaps_of(found) == []


@pytest.mark.parametrize("reported", ["newest", "last"])
def test_back_fill_that_was_there_before_the_watch_is_not_shown(
    oslo: Oslo, monkeypatch: pytest.MonkeyPatch, reported: str
) -> None:
    """The id of an event tells that it came before, also where it is what was reported last."""
    oslo.cloud.switch(reported_is=reported)
    device_id = oslo.add_device(name="Fridge")
    oslo.publish(device_id)
    now_s = time.time()
    with monkeypatch.context() as past:
        past.setattr(oslo.cloud.clock, "now", lambda: now_s - 60)
        backfill(oslo, device_id, *HOURS[:4])()
    oslo.published.clear()
    happenings = oslo.joined()
    oslo.interrupt(backfill(oslo, device_id, *HOURS[4:]))
    found = rest(happenings, oslo, device_id, joins=True)

    assert Counter(shown_of(found)) == Counter(oslo.published)
    assert gaps_of(found) == []


@pytest.mark.parametrize("prefix", ["e-", "0" * 20])
def test_where_ids_do_not_tell_it_is_shown_and_told(oslo: Oslo, prefix: str) -> None:
    """Back-fill older than the newest event before the watch may have been there already."""
    device_id = oslo.add_device(name="Fridge")
    oslo.publish(device_id)
    happenings = oslo.joined()
    history = oslo.reader.event_history

    def event_history(*arguments: Any, **options: Any) -> Iterator[dict[str, Any]]:
        for number, event in enumerate(history(*arguments, **options)):
            yield {**event, "eventId": f"{prefix}{number}"}

    oslo.reader.event_history = event_history  # type: ignore[method-assign]
    oslo.interrupt(backfill(oslo, device_id, *HOURS))
    found = rest(happenings, oslo, device_id, joins=True)

    assert len(shown_of(found)) == 9 + 1
    assert gaps_of(found) == ["back-filled events that may be older than the watch: 9"]


def test_back_fill_goes_on_from_gap_to_gap(oslo: Oslo) -> None:
    """On the stream, in gaps, on the stream again: each once, two sensors side by side."""
    fridge = oslo.add_device(name="Fridge")
    attic = oslo.add_device("humidity", name="Attic")
    happenings = oslo.joined()
    found: list[Happening] = []
    quarters = [QUARTER_S * number for number in range(1, 41)]

    def both(first: int, last: int) -> None:
        for ago_s in quarters[first:last]:
            late(oslo, fridge, ago_s)
            late(oslo, attic, ago_s, "humidity")

    for first in range(0, 40, 8):
        both(first, first + 4)
        found += rest(happenings, oslo, fridge)
        oslo.interrupt(partial(both, first + 4, first + 8))
    found += rest(happenings, oslo, attic, joins=True)

    assert Counter(shown_of(found)) == Counter(oslo.published)
    assert gaps_of(found) == []


def test_another_time_out_of_reach_is_found_as_well(oslo: Oslo) -> None:
    """A sensor that is lost again in the middle sends the newer first, then goes on below."""
    device_id = oslo.add_device(name="Fridge")
    happenings = oslo.joined()
    found: list[Happening] = []
    for ago_s in (90_000.0, 89_000.0):
        late(oslo, device_id, ago_s)
    for in_gap in ((5000.0, 4000.0), (88_000.0, 87_000.0), (3000.0, 86_000.0)):
        oslo.interrupt(backfill(oslo, device_id, *in_gap))
        found += rest(happenings, oslo, device_id, joins=True)

    assert Counter(shown_of(found)) == Counter(oslo.published)


def test_since_selects_by_event_time(oslo: Oslo) -> None:
    """What was measured earlier is not shown, whichever way and whenever it comes."""
    device_id = oslo.add_device(name="Fridge")
    late(oslo, device_id, 100.0)
    happenings = oslo.joined_since(time.time() - 5.5 * 3600.0)
    late(oslo, device_id, 200.0)
    late(oslo, device_id, 6 * 3600.0)
    found = rest(happenings, oslo, device_id, joins=True)
    oslo.interrupt(backfill(oslo, device_id, *HOURS))
    found += rest(happenings, oslo, device_id, joins=True)

    wanted = [*oslo.published[:2], oslo.published[3], *oslo.published[4:9], oslo.published[-1]]
    assert Counter(shown_of(found)) == Counter(wanted)
    assert gaps_of(found) == []


def test_hundreds_of_sensors_are_asked_one_by_one_and_once(oslo: Oslo) -> None:
    """Live events wait for twenty of them at most, the rest is asked while the stream goes on."""
    devices = [oslo.add_device(name=f"T{number}") for number in range(50)]
    for device_id in devices:
        oslo.publish(device_id)
    oslo.published.clear()
    now_s = time.time()
    clock = Clock(unix_s=lambda: now_s, sleep=oslo.pause, random=lambda: 0.0)
    happenings = oslo.joined(clock=clock)
    oslo.interrupt(*[lambda: [late(oslo, each, 3600.0) for each in devices]])
    first = rest(happenings, oslo, devices[0], joins=True)
    asked = oslo.calls().count("events")
    now_s += 30.0
    second = rest(happenings, oslo, devices[0])
    now_s += 30.0
    second += rest(happenings, oslo, devices[0])

    assert (asked, len(shown_of(first))) == (20, 20 + 1)
    assert Counter(shown_of([*first, *second])) >= Counter(oslo.published[:-1])


def test_a_sensor_on_solid_ground_is_not_asked_again(oslo: Oslo) -> None:
    """Two days of heartbeats without a hole: nothing can come late until there is one."""
    device_id, door = oslo.add_device(name="Fridge"), oslo.add_device("contact", name="Door")
    for number in range(200, 0, -1):
        oslo.publish(device_id, updateTime=text_of(time.time() - number * QUARTER_S), value=1)
    oslo.published.clear()
    happenings = oslo.joined()

    def calls() -> int:
        return sum(call.path.endswith(f"{device_id}/events") for call in oslo.cloud.calls)

    def asked() -> int:
        before = calls()
        oslo.interrupt(lambda: None)
        rest(happenings, oslo, door, joins=True)
        return calls() - before

    assert [asked(), asked()] == [1, 0]
    late(oslo, device_id, 5000.0)
    ids(happenings, 1)
    assert asked() == 1


def test_a_hole_is_no_solid_ground(oslo: Oslo) -> None:
    """A sensor that misses its heartbeats was out of reach: it is asked in every gap again."""
    device_id, door = oslo.add_device(name="Fridge"), oslo.add_device("contact", name="Door")
    for number in range(200, 0, -1):
        oslo.publish(device_id, updateTime=text_of(time.time() - number * QUARTER_S), value=1)
    oslo.published.clear()
    happenings = oslo.joined()
    oslo.interrupt(lambda: None)
    rest(happenings, oslo, door, joins=True)
    oslo.publish(device_id, updateTime=text_of(time.time() + 3600), value=1)
    ids(happenings, 1)
    oslo.interrupt(backfill(oslo, device_id, 500.0, 400.0))
    found = rest(happenings, oslo, door, joins=True)

    assert Counter(shown_of(found)) == Counter(oslo.published[-3:])


def test_back_fill_from_below_solid_ground_is_found(oslo: Oslo) -> None:
    """A sensor may be slow: what it goes on with lies further back than two solid days."""
    device_id, door = oslo.add_device(name="Fridge"), oslo.add_device("contact", name="Door")
    for number in range(200, 0, -1):
        oslo.publish(device_id, updateTime=text_of(time.time() - number * QUARTER_S), value=1)
    oslo.published.clear()
    happenings = oslo.joined()
    late(oslo, device_id, 80 * 3600.0)
    assert ids(happenings, 1) == oslo.published
    oslo.interrupt(backfill(oslo, device_id, 81 * 3600.0, 82 * 3600.0))
    found = rest(happenings, oslo, door, joins=True)

    assert Counter(shown_of(found)) == Counter(oslo.published[1:])


def test_since_asks_no_sensor_that_has_nothing_so_new(oslo: Oslo) -> None:
    """Where event time selects, a sensor whose newest is older cannot have sent anything."""
    device_id = oslo.add_device(name="Fridge")
    oslo.publish(device_id, value=1, updateTime=text_of(time.time() - 600))
    happenings = oslo.joined_since(time.time() - 60)
    next(happenings)
    oslo.interrupt(lambda: None)
    rest(happenings, oslo, oslo.add_device("contact"), joins=True)

    assert not [each for each in oslo.cloud.calls if each.path.endswith(f"{device_id}/events")]


def test_back_fill_that_was_shown_is_not_missed(oslo: Oslo) -> None:
    """A device whose newest measurement came late: a gap without news is complete."""
    device_id, door = oslo.add_device(name="Fridge"), oslo.add_device("contact", name="Door")
    happenings = oslo.joined()
    backfill(oslo, device_id, 3600.0, 7200.0)()
    assert ids(happenings, 2) == oslo.published
    oslo.interrupt(lambda: None)
    found = rest(happenings, oslo, door, joins=True)

    assert shown_of(found) == oslo.published[2:]
    assert gaps_of(found) == []


@pytest.mark.parametrize(
    "fault",
    [
        {"path": "*/events", "status": 403, "count": None},
        {"path": "*/events", "status": 500, "count": None},
    ],
)
def test_sensors_that_cannot_be_asked_are_told(oslo: Oslo, fault: dict[str, Any]) -> None:
    """They may have back-filled: that is a gap, and the stream goes on."""
    device_id = oslo.add_device(name="Fridge")
    now_s = time.time()
    clock = Clock(unix_s=lambda: now_s, sleep=oslo.pause, random=lambda: 0.0)
    happenings = oslo.joined(clock=clock)
    oslo.publish(device_id)
    ids(happenings, 1)
    oslo.cloud.fail(**fault)
    oslo.interrupt(lambda: None)
    found = []
    for number in range(3):
        found += rest(happenings, oslo, device_id, joins=number == 0)
        now_s += 10.0

    assert len(gaps_of(found)) == 1
    assert len(shown_of(found)) == 3


@pytest.mark.slow
def test_a_device_that_is_out_of_reach_loses_nothing(cloud: emulator.Emulator) -> None:
    """Offline for a while, back during a gap: what it stored and what it measures, each once."""
    oslo = Oslo(cloud)
    device_id = oslo.add_device(name="Fridge")
    cloud.switch(heartbeat_s=0.01, backfill_pause_s=0.0)
    happenings = oslo.joined()
    oslo.publish(device_id)
    cloud.go_offline(oslo.project_id, minutes=0.005)
    held = [oslo.publish(device_id) for _ in range(5)]

    def come_back() -> None:
        while cloud.reach.is_lost(device_id):
            cloud.wait_for_backfill()

    oslo.interrupt(come_back)
    found = rest(happenings, oslo, device_id, joins=True)

    sent = cloud.store.events.of(device_id)
    assert Counter(shown_of(found)) == Counter(list(sent))
    assert sum(
        each["data"].get("temperature", {}).get("isBackfilled", False) for each in sent.values()
    ) >= len(held)


class Story:
    """Three sensors that send live events and back-fill at random."""

    def __init__(self, oslo: Oslo, seed: int) -> None:
        self.oslo, self.dice = oslo, random.Random(seed)
        self.now_s = time.time()
        self.devices = [oslo.add_device(name=f"T{number}") for number in range(3)]
        self._below = dict.fromkeys(self.devices, 3600.0 * self.dice.randrange(1, 5))
        for device_id in self.devices[: self.dice.randrange(3)]:
            oslo.publish(device_id)
        oslo.published.clear()

    @property
    def clock(self) -> Clock:
        return Clock(unix_s=lambda: self.now_s, sleep=self.oslo.pause, random=lambda: 0.0)

    def send(self) -> None:
        """A few events: live ones, older and older ones, and from another time out of reach."""
        for _ in range(self.dice.randrange(6)):
            device_id, chance = self.dice.choice(self.devices), self.dice.random()
            if chance < 0.3:
                self.oslo.publish(device_id)
            elif chance < 0.4:
                self._below[device_id] = self.dice.random() * 3600.0 * 100
            else:
                self._below[device_id] += self.dice.random() * 1000
                late(self.oslo, device_id, self._below[device_id])

    def trouble(self) -> None:
        """Perhaps some calls fail for a while."""
        if self.dice.random() < 0.3:
            path = self.dice.choice(["*/events", "*/devices", "*devices:stream"])
            status = self.dice.choice([500, 503, 429])
            self.oslo.cloud.fail(path, status=status, count=self.dice.randrange(1, 8))

    def interrupt(self) -> bool:
        """Perhaps the stream ends, and more is sent until it is back."""
        is_gap = self.dice.random() < 0.6
        if is_gap:
            self.oslo.interrupt(self.send, self.send)
        return is_gap


MEANINGS: list[dict[str, Any]] = [
    {},
    {"reported_is": "last"},
    {"event_id_time": "event"},
    {"reported_is": "last", "event_id_time": "event", "max_events_page_size": 3},
]
"""What nobody knows about back-fill."""


@pytest.mark.parametrize("seed", range(24))
def test_no_schedule_loses_or_doubles_a_back_filled_event(oslo: Oslo, seed: int) -> None:
    """Live events, back-fill and gaps in any order, calls that fail: each once, or it is told."""
    oslo.cloud.switch(**MEANINGS[seed % len(MEANINGS)])
    story = Story(oslo, seed)
    happenings = oslo.joined(clock=story.clock)
    found: list[Happening] = []
    for number in range(15):
        story.now_s += 30.0
        story.send()
        story.trouble() if number < 12 else oslo.cloud.heal()
        joins = number < 12 and story.interrupt()
        found += rest(happenings, oslo, story.devices[0], joins=joins)

    counted = Counter(shown_of(found))
    if not gaps_of(found):
        assert counted == Counter(oslo.published)
    assert not counted - Counter(oslo.published)


def test_what_says_that_an_event_is_late() -> None:
    """The flag, however the JSON is spaced; nothing else."""
    said = [b'"isBackfilled":true', b'"isBackfilled": true', b'"isBackfilled" :\ttrue']
    not_said = [b'"isBackfilled":false', b"{}", b'"isBackfilled": false', b'"backfilled":true']

    assert [is_late(each) for each in said] == [True] * 3
    assert [is_late(each) for each in not_said] == [False] * 4


@pytest.mark.slow
def test_memory_of_back_fill_is_bounded() -> None:
    """Of a hundred thousand events, and hundreds of times out of reach, little is kept."""
    memory = Late()
    for number in range(100_000):
        assert memory.admit(str(number), float(10**9 - number), 0.0)
    for number in range(200 * MOST_IDS):
        memory.admit(
            f"again {number}", float(2 * 10**9 + (number // 300) * 10_000 - number % 300), 0.0
        )

    assert len(memory.ids) <= MOST_IDS
    assert len(memory.ranges) <= MOST_RANGES + 1
    assert memory.knows("forgotten", float(10**9 - 5))
    assert not memory.knows("never seen", 5.0)


@pytest.mark.parametrize(("events", "kept"), [(MOST_IDS, MOST_IDS), (MOST_IDS + 1, None)])
def test_ids_are_kept_as_long_as_there_is_room(events: int, kept: int | None) -> None:
    """Then the older half is remembered as a range of times."""
    memory = Late()
    for number in range(events):
        assert memory.admit(str(number), float(number), 0.0)

    assert len(memory.ids) == (kept or events - events // 2)
    assert memory.knows("other", 5.0) == (kept is None)


def test_times_out_of_reach_are_remembered_apart() -> None:
    """What lies between two ranges was not shown."""
    memory = Late()
    for start in (1_000_000, 5_000_000, 9_000_000):
        for number in range(2 * MOST_IDS):
            memory.admit(f"{start} {number}", float(start - number), 0.0)

    assert [memory.knows("", float(each)) for each in (8_999_700, 4_999_700, 999_700)] == [True] * 3
    assert not any(memory.knows("", float(each)) for each in (9_000_001, 8_000_000, 3_000_000))


def test_ids_tell_when_they_were_made() -> None:
    """To the second; one that bears the time of its event may tell that instead."""
    now_s = 1_790_000_000.0
    made = emulator.ManualClock  # for its default start, a moment like any other
    assert made().now() == now_s
    from dcsync.emulator.identifiers import new_id

    assert is_since(new_id(now_s), now_s - 3600, now_s) is True
    assert is_since(new_id(now_s + 0.5), now_s - 3600, now_s + 0.9) is True
    assert is_since(new_id(now_s - 1), now_s - 3600, now_s) is False
    assert is_since(new_id(now_s - 3600), now_s - 3600, now_s) is None
    assert is_since("e-1", now_s - 3600, now_s) is None
    assert is_since("0" * 21, now_s - 3600, now_s) is None


def surveyed(
    *spaces: float, late_ones: frozenset[int] = frozenset(), below_s: float = 1e12
) -> Survey:
    survey = Survey(below_s)
    at_s = 1e9
    for number, space in enumerate(spaces):
        at_s -= space
        survey.take(at_s, is_late=number in late_ones)
    return survey


DAYS = [QUARTER_S] * 193
"""Two days of heartbeats."""


def test_solid_ground() -> None:
    """Two days without a hole and without back-fill; touches between heartbeats do no harm."""
    assert surveyed(*DAYS).is_grounded
    assert surveyed(*DAYS).hole_s == 1.5 * QUARTER_S + 60
    assert surveyed(*DAYS[:100], 3.0, *DAYS[:100]).hole_s < 2 * QUARTER_S
    assert not surveyed(*DAYS[:-1]).is_grounded


@pytest.mark.parametrize(
    "survey",
    [
        surveyed(*DAYS[:50], 2 * QUARTER_S, *DAYS),
        surveyed(*DAYS[:50], *DAYS, late_ones=frozenset({10, 49})),
        surveyed(*DAYS[:50], *DAYS, below_s=1e9 - 50 * QUARTER_S),
    ],
    ids=["a hole", "back-fill", "known back-fill"],
)
def test_ground_below_a_hole_is_no_proof_of_what_is_above(survey: Survey) -> None:
    """Nothing need be read further down, but the sensor is to be asked again."""
    assert survey.is_grounded
    assert survey.hole_s == float("inf")


def test_ground_is_not_found_in_disorder() -> None:
    """A history in another order than the newest first has to be read whole."""
    survey = Survey()
    for number in range(500):
        survey.take(number * QUARTER_S, is_late=False)

    assert not survey.is_grounded

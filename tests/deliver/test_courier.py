"""Many deliveries at once: in order, without loss, in bounded memory."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from itertools import takewhile

import pytest

from dcsync.cloud.arrival import arrival_of
from dcsync.cloud.clock import Clock
from dcsync.deliver import Courier, Delivery, Post, Report, courier, persistence
from dcsync.watch.devices import WatchedDevice

TAKEN, REFUSED = Post(200, 0.0), Post(500, 0.0)


def delivery(number: int, device_id: str) -> Delivery:
    return Delivery("a/b", "p", WatchedDevice(device_id), arrival_of({"eventId": f"{number:06}"}))


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits between attempts take no time."""
    monkeypatch.setattr(persistence, "FIRST_WAIT_S", 0.0)


def number_of(each: Delivery) -> str:
    return each.arrival.event_id


def run(
    deliveries: list[Delivery],
    post: Callable[[Delivery], Post],
    *,
    in_flight: int,
    attempts: int | None = None,
) -> list[Report]:
    reports: list[Report] = []
    sender = Courier(post, Clock(), reports.append, in_flight=in_flight, attempts=attempts)
    for each in deliveries:
        if not sender.put(each):
            break
    sender.finish()
    return reports


@pytest.mark.usefixtures("hurry")
def test_each_device_keeps_its_order_and_nothing_is_lost() -> None:
    """An endpoint that refuses every third attempt gets everything, each device's in order."""
    attempts = 0
    taken: dict[str, list[str]] = defaultdict(list)
    lock = threading.Lock()

    def post(each: Delivery) -> Post:
        nonlocal attempts
        with lock:
            attempts += 1
            if attempts % 3 == 0:
                return REFUSED
            taken[each.device.device_id].append(number_of(each))
            return TAKEN

    wanted = [delivery(number, f"device{number % 7}") for number in range(2_000)]

    reports = run(wanted, post, in_flight=4)

    assert sorted(number for each in taken.values() for number in each) == list(
        map(number_of, wanted)
    )
    assert all(numbers == sorted(numbers) for numbers in taken.values())
    assert len(reports) == attempts
    assert all((each.retry_in_s is None) == each.post.is_taken for each in reports)


def test_no_more_threads_than_devices() -> None:
    """However many may be in flight: `--max-in-flight 100000` costs nothing by itself."""
    before = threading.active_count()
    sender = Courier(lambda _: TAKEN, Clock(), lambda _: None, in_flight=100_000)
    for number in range(300):
        sender.put(delivery(number, f"device{number % 3}"))

    assert threading.active_count() <= before + 3
    sender.finish()


def test_who_puts_too_much_waits() -> None:
    """What waits is bounded: the stream is held back, and goes on when there is room."""
    gate, held_back = threading.Event(), threading.Event()
    posted: list[str] = []

    def post(each: Delivery) -> Post:
        gate.wait()
        posted.append(number_of(each))
        return TAKEN

    sender = Courier(post, Clock(), lambda _: None, in_flight=1)
    wanted = [delivery(number, "d") for number in range(3 * courier.WAITING)]

    def put_all() -> None:
        for number, each in enumerate(wanted):
            if number == courier.WAITING + 1:
                held_back.set()
            sender.put(each)

    putter = threading.Thread(target=put_all)
    putter.start()
    assert held_back.wait(10)
    assert putter.is_alive()
    gate.set()
    putter.join()
    sender.finish()

    assert posted == list(map(number_of, wanted))


@pytest.mark.usefixtures("hurry")
def test_a_delivery_that_is_given_up_stops_everything() -> None:
    """Nothing is skipped: what comes after it is not sent, and put says so."""

    def post(each: Delivery) -> Post:
        return REFUSED if number_of(each) == "000005" else TAKEN

    sender_reports = run([delivery(n, "d") for n in range(500)], post, in_flight=1, attempts=3)

    assert [number_of(each.delivery) for each in sender_reports if each.post.is_taken] == [
        f"{number:06}" for number in range(5)
    ]
    last = sender_reports[-1]
    assert (number_of(last.delivery), last.retry_in_s) == ("000005", None)


def test_stopping_leaves_a_failing_endpoint_at_once() -> None:
    """Ctrl-C does not wait for the back-off of an endpoint that is down."""
    tried = threading.Event()

    def post(_: Delivery) -> Post:
        tried.set()
        return Post(0, 0.0, "refused")

    sender = Courier(post, Clock(), lambda _: None, in_flight=3)
    for number in range(50):
        sender.put(delivery(number, f"device{number}"))
    assert tried.wait(10)

    sender.stop()

    assert sender.is_stopping
    assert not sender.put(delivery(1, "d"))


@pytest.mark.slow
def test_patience_ends_everything() -> None:
    """Who is out of patience is let go; what was not delivered is told, each once."""

    def post(_: Delivery) -> Post:
        return REFUSED

    sender = Courier(post, Clock(), lambda _: None, in_flight=1)
    wanted = [delivery(number, "d") for number in range(2 * courier.WAITING)]

    taken = list(takewhile(lambda each: sender.put(each, lambda: False), wanted))
    sender.finish(lambda: False)

    assert courier.WAITING <= len(taken) <= courier.WAITING + 1
    assert list(map(number_of, sender.left())) == list(map(number_of, taken))


def test_a_pause_holds_everyone_and_uses_up_no_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retry-After is of the endpoint: ten in a row without a delivery are too many."""
    monkeypatch.setattr(persistence, "FIRST_WAIT_S", 0.0)
    answers = iter([Post(503, 0.0, retry_after_s=0.0)] * 9 + [TAKEN])
    busy = run([delivery(1, "d")], lambda _: next(answers), in_flight=1, attempts=1)
    closed = run(
        [delivery(1, "d")],
        lambda _: Post(429, 0.0, retry_after_s=0.0),
        in_flight=1,
        attempts=1,
    )

    assert [each.attempt for each in busy] == list(range(1, 11))
    assert busy[-1].post is TAKEN
    assert len(closed) == persistence.MOST_PAUSES + 1
    assert closed[-1].retry_in_s is None


class Waits(threading.Event):
    """Waiting takes no time, but the clock shows it."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.seconds.append(timeout)
        return self.is_set()

    def now_s(self) -> float:
        return sum(each or 0.0 for each in self.seconds)


@pytest.mark.parametrize(
    ("answers", "waits"),
    [
        ([TAKEN], []),
        ([Post(429, 0.0, retry_after_s=7.0), TAKEN], [7.0]),
        ([Post(429, 0.0, retry_after_s=0.0), TAKEN], [persistence.FIRST_WAIT_S]),
        ([Post(503, 0.0, retry_after_s=7.0)] * 2 + [TAKEN], [7.0, 7.0]),
        ([REFUSED, TAKEN], [persistence.FIRST_WAIT_S / 2]),
        ([REFUSED, REFUSED, TAKEN], [persistence.FIRST_WAIT_S / 2, persistence.FIRST_WAIT_S]),
    ],
)
def test_an_endpoint_gets_the_time_that_it_asks_for(
    answers: list[Post], waits: list[float]
) -> None:
    """Without a Retry-After a wait that grows; both are in the report."""
    stopping, reports, left = Waits(), list[Report](), iter(answers)
    clock = Clock(now_s=stopping.now_s, random=lambda: 0.0)
    sender = persistence.Persistence(lambda _: next(left), clock, reports.append)
    sender._stopping = stopping

    assert sender.deliver(delivery(1, "d"))

    assert stopping.seconds == waits
    assert [each.retry_in_s for each in reports] == [*waits, None]
    assert {number_of(each.delivery) for each in reports} == {"000001"}


class Idle(persistence.Persistence):
    """Takes everything, and knows when its lane has looked in vain for something to do."""

    def __init__(self) -> None:
        self.reports: list[Report] = []
        super().__init__(lambda _: TAKEN, Clock(), self.reports.append)
        self.looks = 0
        self.has_waited = threading.Event()

    @property
    def is_stopping(self) -> bool:
        self.looks += 1
        if self.looks == 3:
            self.has_waited.set()
        return super().is_stopping


def test_a_lane_that_waited_delivers_what_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long there was nothing to do; and it keeps no process from ending."""
    monkeypatch.setattr(courier, "_TICK_S", 0.001)
    idle = Idle()
    lane = courier.Lane("deliver idle", idle)

    assert idle.has_waited.wait(30)
    assert [each.daemon for each in threading.enumerate() if each.name == "deliver idle"] == [True]
    assert lane.offer(delivery(1, "device"))
    assert lane.offer(None)
    while not lane.join():
        pass

    assert [number_of(each.delivery) for each in idle.reports] == ["000001"]
    assert list(lane.left()) == []


def test_a_lane_that_took_nothing_leaves_what_was_queued() -> None:
    """And nothing else."""
    idle = Idle()
    idle.stop()
    lane = courier.Lane("deliver nothing", idle)
    while not lane.join():
        pass

    assert list(lane.left()) == []
    assert lane.offer(delivery(1, "device"))
    assert [number_of(each) for each in lane.left()] == ["000001"]

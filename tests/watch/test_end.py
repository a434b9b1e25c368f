"""The end of a watch is a gap like any other: it is filled, or it is told, with exit code 4."""

from __future__ import annotations

import random
import resource
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from dcsync import emulator
from dcsync.cloud.clock import Clock
from dcsync.emulator.streams import Streams
from dcsync.watch import merge
from dcsync.watch.happenings import Failed, Gap, Happening, Joined, Lost, MatchedEvent
from dcsync.watch.merge import Watched, watching
from dcsync.watch.moments import text_of
from tests.watch.conftest import Hurry, Oslo, Run, interest
from tests.watch.test_watch_command import BERGEN, DECLARATION, OSLO, Watch

STREAM: dict[str, Any] = {"path": "*devices:stream", "count": None}
ALWAYS: dict[str, Any] = {"status": 503, "count": None}

DOWN: dict[str, list[Mapping[str, Any]]] = {
    "503": [{**STREAM, "status": 503}],
    "401": [{**STREAM, "status": 401}],
    "403": [{**STREAM, "status": 403}],
    "404": [{**STREAM, "status": 404}],
    "429": [{**STREAM, "status": 429, "headers": {"Retry-After": "1"}}],
    "dropped": [{**STREAM, "drop": True}],
    "no JSON": [{**STREAM, "status": 200, "body": "<html>", "acts": True}],
}
"""Why a stream is down."""

UNFILLABLE: dict[str, list[Mapping[str, Any]]] = {
    "listing 500": [{"path": "*/devices", "status": 500, "count": None}],
    "listing 403": [{"path": "*/devices", "status": 403, "count": None}],
    "history 500": [{"path": "*/events", "status": 500, "count": None}],
    "history 403": [{"path": "*/events", "status": 403, "count": None}],
    "history cut short": [{"path": "*/events", "truncate_at": 20, "count": None}],
    "everything": [{"path": "/v2/*", "drop": True, "count": None}],
}
"""Why a gap cannot be filled."""


@contextmanager
def following(
    oslo: Oslo, *project_ids: str, since_s: float | None = None, clock: Clock | None = None
) -> Iterator[tuple[Watched, Iterator[Happening]]]:
    """Watches the projects, by default the one."""
    projects = {each: [interest(each)] for each in project_ids or (oslo.project_id,)}
    with watching(oslo.reader, projects, clock or Hurry().clock, since_s) as watched:
        yield watched, chain.from_iterable(watched.until(time.monotonic() + 45))


def until(kind: type[Happening], happenings: Iterator[Happening]) -> list[Happening]:
    """What happens up to the first of its kind."""
    found = []
    for happening in happenings:
        found.append(happening)
        if isinstance(happening, kind):
            break
    return found


def ended(watched: Watched, *, wants_more: bool = True) -> list[Happening]:
    """What the end brings, what it cannot wait for included."""
    last = [*chain.from_iterable(watched.finish(wants_more=wants_more))]
    return [*last, *watched.unfinished()]


def break_down(oslo: Oslo, *rules: Mapping[str, Any]) -> None:
    for rule in rules:
        oslo.cloud.fail(**rule)
    oslo.cloud.close_streams()


def told(happenings: list[Happening]) -> list[Gap]:
    return [each for each in happenings if isinstance(each, Gap)]


def shown_ids(happenings: list[Happening]) -> list[str]:
    return [each.arrival.event_id for each in happenings if isinstance(each, MatchedEvent)]


def test_a_healthy_stream_ends_whole_and_at_once(oslo: Oslo) -> None:
    """Where the last event or ping is fresh, nothing is missing and nothing is asked."""
    fridge = oslo.add_device(name="Fridge")
    with following(oslo) as (watched, happenings):
        until(Joined, happenings)
        oslo.publish(fridge)
        until(MatchedEvent, happenings)
        before = len(oslo.cloud.calls)

        assert ended(watched) == []
        assert len(oslo.cloud.calls) == before


@pytest.mark.parametrize("name", DOWN)
def test_what_came_while_the_stream_was_down_is_found_at_the_end(oslo: Oslo, name: str) -> None:
    """History is asked once more, although no stream can be opened: nothing is missing."""
    fridge = oslo.add_device(name="Fridge")
    with following(oslo) as (watched, happenings):
        until(Joined, happenings)
        break_down(oslo, *DOWN[name])
        until(Lost, happenings)
        oslo.publish(fridge)
        last = ended(watched)

    assert told(last) == []
    assert shown_ids(last) == oslo.published


@pytest.mark.parametrize("name", UNFILLABLE)
@pytest.mark.parametrize("ago_s", [None, 60.0])
def test_what_cannot_be_filled_at_the_end_is_told(
    oslo: Oslo, name: str, ago_s: float | None
) -> None:
    """With `--since` too: the project, and how long it was not heard."""
    fridge = oslo.add_device(name="Fridge")
    began_s, later_s = time.time(), [0.0]
    clock = Clock(unix_s=lambda: began_s + later_s[0], random=lambda: 0.0)
    since_s = None if ago_s is None else began_s - ago_s
    with following(oslo, clock=clock, since_s=since_s) as (watched, happenings):
        until(Joined, happenings)
        break_down(oslo, *DOWN["503"], *UNFILLABLE[name])
        until(Lost, happenings)
        oslo.publish(fridge)
        later_s[0] = 30.0
        [gap] = told(ended(watched))

    assert gap.project_id == oslo.project_id
    assert gap.seconds == pytest.approx(30.0, abs=5)


def test_a_stream_that_never_opened_is_told(oslo: Oslo) -> None:
    """Nothing was ever heard, and what devices sent meanwhile cannot be had."""
    fridge = oslo.add_device(name="Fridge")
    oslo.cloud.fail(**STREAM, status=503)
    with following(oslo) as (watched, happenings):
        until(Lost, happenings)
        oslo.publish(fridge)
        oslo.cloud.fail("*/events", **ALWAYS)

        assert len(told(ended(watched))) == 1


def test_an_end_before_the_beginning_is_told(oslo: Oslo, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project whose devices were not even listed yet was not watched at all."""
    monkeypatch.setattr(merge, "END_S", 0.05)
    answer, listing = threading.Event(), oslo.reader.list_devices

    def list_devices(*arguments: Any, **options: Any) -> Any:
        answer.wait(20)
        return listing(*arguments, **options)

    oslo.reader.list_devices = list_devices  # type: ignore[method-assign]
    with following(oslo) as (watched, _):
        [gap] = told(ended(watched))
        answer.set()

    assert gap.reason == "the stream was never opened"


def test_one_project_of_many_is_told_alone(oslo: Oslo) -> None:
    """Those that are healthy are not named."""
    others = [oslo.cloud.add_project(f"Store {number}") for number in range(3)]
    with following(oslo, oslo.project_id, *others) as (watched, happenings):
        for _ in range(4):
            until(Joined, happenings)
        oslo.cloud.fail(f"*/{others[1]}/*", status=403, count=None)
        oslo.cloud.close_streams(others[1])
        until(Lost, happenings)
        gaps = told(ended(watched))

    assert [each.project_id for each in gaps] == [others[1]]


def test_a_silent_stream_is_not_trusted(oslo: Oslo) -> None:
    """No ping within its time: history tells whether something is missing."""
    fridge = oslo.add_device(name="Fridge")
    began_s, later_s = time.time(), [0.0]
    clock = Clock(unix_s=lambda: began_s + later_s[0])
    with following(oslo, clock=clock) as (watched, happenings):
        until(Joined, happenings)
        later_s[0] = 11.0
        assert ended(watched) == []
    with following(oslo, clock=clock) as (watched, happenings):
        until(Joined, happenings)
        later_s[0] += 13.0
        streams, oslo.cloud.streams = oslo.cloud.streams, Streams()  # dead, its socket open
        oslo.publish(fridge)
        oslo.cloud.streams = streams
        assert shown_ids(ended(watched)) == oslo.published


def test_a_count_that_is_reached_asks_for_no_more(oslo: Oslo) -> None:
    """A project that is down then is incomplete if it had something, and complete otherwise."""
    fridge = oslo.add_device(name="Fridge")
    for published in (0, 2):
        with following(oslo) as (watched, happenings):
            until(Joined, happenings)
            break_down(oslo, *DOWN["503"])
            until(Lost, happenings)
            for _ in range(published):
                oslo.publish(fridge)
            last = ended(watched, wants_more=False)
        oslo.cloud.heal()

        assert [type(each) for each in last] == [Gap] * bool(published)


@pytest.mark.slow
def test_a_count_reached_in_the_middle_of_history_is_whole(oslo: Oslo) -> None:
    """`--since 1h --count 5` is the first five events, however many there are."""
    fridge = oslo.add_device(name="Fridge")
    for _ in range(2 * merge.MOST_WAITING):
        oslo.publish(fridge)
    with following(oslo, since_s=time.time() - 60) as (watched, happenings):
        until(MatchedEvent, happenings)
        assert told(ended(watched, wants_more=False)) == []


def test_what_had_arrived_is_shown(oslo: Oslo) -> None:
    """What waited to be read when the end came is not forgotten."""
    fridge = oslo.add_device(name="Fridge")
    with following(oslo) as (watched, happenings):
        until(Joined, happenings)
        for _ in range(100):
            oslo.publish(fridge)
        while watched.is_idle:
            time.sleep(0)
        watched.interrupt()
        last = [*happenings, *ended(watched)]

    assert shown_ids(last) == oslo.published[: len(last)]
    assert last


@pytest.fixture
def declared(cloud: emulator.Emulator, tmp_path: Path) -> str:
    """A device of the declared project `oslo`."""
    (tmp_path / "connectors.yaml").write_text(DECLARATION)
    cloud.add_project("Oslo", OSLO)
    cloud.add_project("Bergen", BERGEN)
    return cloud.add_device(OSLO, "temperature", {"name": "Fridge", "room": "99"})


def no_files(watch: Watch) -> None:
    """Leave the process no file descriptor to open."""
    _, most = resource.prlimit(watch.process.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(watch.process.pid, resource.RLIMIT_NOFILE, (3, most))


def no_token(_: Watch) -> None:
    """Nothing: the fault is enough."""


HASTY = """
from dcsync.cli import process
from dcsync.watch import merge

merge.END_S = 0.2
process()
"""
"""`dcsync`, which waits for less at the end."""

ENDS: dict[str, tuple[Mapping[str, Any], Callable[[Watch], None]]] = {
    "no token": ({"path": "/oauth2/token", "drop": True, "count": None}, no_token),
    "no descriptors": ({"path": "*/devices", "drop": True}, no_files),
    "unauthorized": ({"path": "/v2/*", "status": 401, "count": None}, no_token),
}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "form"), list(zip(ENDS, ["text", "json", "json"], strict=True)))
def test_the_summary_says_incomplete_and_the_code_is_4(
    cloud: emulator.Emulator, declared: str, tmp_path: Path, name: str, form: str
) -> None:
    """By the project's key, on standard error alone, and even to the quiet."""
    watch = Watch(tmp_path, cloud.environ, "--format", form, program=("-c", HASTY))
    try:
        cloud.publish(OSLO, declared, "touch", {})
        watch.line()
        fault, spoil = ENDS[name]
        cloud.fail(**fault)
        spoil(watch)
        cloud.revoke_tokens()
        cloud.close_streams(OSLO)
        while "retrying in" not in (word := watch.words()):
            assert word
        watch.process.send_signal(signal.SIGTERM)
        code, out, err = watch.end()
    finally:
        watch.process.kill()

    assert (code, out) == (4, ""), err
    [flaw] = [line for line in err.splitlines() if line.startswith("incomplete: ")]
    assert flaw.startswith("incomplete: oslo: ")
    assert " could not be filled: " in flaw


@pytest.mark.slow
@pytest.mark.usefixtures("declared")
@pytest.mark.parametrize("quiet", [[], ["--quiet"]])
def test_a_duration_that_ends_without_a_stream(
    cloud: emulator.Emulator, run: Run, monkeypatch: pytest.MonkeyPatch, quiet: list[str]
) -> None:
    """`--duration` over a stream that never opened, and a listing that fails since: exit 4."""
    monkeypatch.setattr(merge, "END_S", 0.1)
    cloud.fail(f"*/{OSLO}/devices:stream", **ALWAYS)
    cloud.fail(f"*/{OSLO}/devices", after=1, **ALWAYS)

    answer = run("watch", "--duration", "1", *quiet)

    assert answer.returncode == 4
    assert answer.stdout == ""
    assert "incomplete: oslo: " in answer.stderr
    assert "incomplete: bergen" not in answer.stderr


@pytest.mark.slow
@pytest.mark.usefixtures("declared")
def test_a_project_that_fails_beside_others_is_incomplete(
    cloud: emulator.Emulator, run: Run
) -> None:
    """Refused from the start: named in the summary, and exit 4."""
    cloud.fail(f"*/{BERGEN}/devices", status=403, count=None)

    answer = run("watch", "--duration", "1")

    assert answer.returncode == 4
    assert "incomplete: bergen: cannot be watched: " in answer.stderr


def test_a_bug_at_the_end_is_raised(oslo: Oslo) -> None:
    """Even then no thread dies in silence."""
    with following(oslo) as (watched, happenings):
        until(Joined, happenings)
        break_down(oslo, *DOWN["503"])
        until(Lost, happenings)
        oslo.reader.list_devices = lambda *_, **__: 1 / 0  # type: ignore[assignment,method-assign]
        with pytest.raises(ZeroDivisionError):
            ended(watched)


def test_what_failed_is_no_gap_as_well(oslo: Oslo) -> None:
    """A project that could never be watched is told once."""
    oslo.cloud.fail("*/devices", status=403)
    with following(oslo) as (watched, happenings):
        [failed] = until(Failed, happenings)
        assert isinstance(failed, Failed)
        assert ended(watched) == []


def gap_of_many(oslo: Oslo, happenings: Iterator[Happening]) -> list[str]:
    """Fifty sensors back-fill while there is no stream; then there is one again."""
    until(Joined, happenings)
    rule = oslo.cloud.fail(**STREAM, status=503)
    oslo.cloud.close_streams()
    until(Lost, happenings)
    moment = text_of(time.time() - 3600)
    for device_id in oslo.cloud.store.devices.of(oslo.project_id):
        oslo.publish(device_id, value=1, updateTime=moment, isBackfilled=True)
    oslo.cloud.heal(rule)
    return shown_ids(until(Joined, happenings))


@pytest.mark.slow
def test_sensors_that_were_not_asked_yet_are_asked_at_the_end(oslo: Oslo) -> None:
    """Although the stream is healthy: what they back-filled in a gap before may be missing."""
    for number in range(50):
        oslo.publish(oslo.add_device(name=f"T{number}"))
    oslo.published.clear()
    with following(oslo) as (watched, happenings):
        before = gap_of_many(oslo, happenings)
        last = ended(watched)

    assert sorted([*before, *shown_ids(last)]) == sorted(oslo.published)
    assert told(last) == []


@pytest.mark.slow
@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 403}, {"delay_s": 0.2}])
def test_sensors_that_cannot_be_asked_at_the_end_are_told(
    oslo: Oslo, monkeypatch: pytest.MonkeyPatch, fault: Mapping[str, Any]
) -> None:
    """The end of a healthy stream does not hide that a gap before was not filled."""
    monkeypatch.setattr(merge, "END_S", 0.5)
    for number in range(50):
        oslo.publish(oslo.add_device(name=f"T{number}"))
    oslo.published.clear()
    with following(oslo) as (watched, happenings):
        until(Joined, happenings)
        oslo.cloud.fail("*/events", **fault, count=None)
        rule = oslo.cloud.fail(**STREAM, status=503)
        oslo.cloud.close_streams()
        until(Lost, happenings)
        oslo.cloud.heal(rule)
        joined = until(Joined, happenings)
        last = [*joined, *ended(watched)]

    assert {each.project_id for each in told(last)} == {oslo.project_id}


@pytest.mark.parametrize("seed", range(8))
def test_no_end_hides_an_event(oslo: Oslo, seed: int) -> None:
    """Gaps, back-fill and calls that fail at random, then the end: each event once, or told."""
    dice = random.Random(seed)
    devices = [oslo.add_device(name=f"T{number}") for number in range(3)]
    found: list[Happening] = []
    with following(oslo) as (watched, happenings):
        until(Joined, happenings)
        for _ in range(dice.randrange(1, 6)):
            if dice.random() < 0.6:
                path = dice.choice(["*/events", "*/devices", "*devices:stream", "/v2/*"])
                oslo.cloud.fail(path, status=dice.choice([500, 403]), count=dice.randrange(1, 9))
            if dice.random() < 0.6:
                oslo.cloud.close_streams()
            for _ in range(dice.randrange(5)):
                ago_s = dice.choice([0.0, dice.random() * 10_000])
                moment = text_of(time.time() - ago_s)
                device_id, is_late = dice.choice(devices), ago_s > 0
                oslo.publish(device_id, value=1, updateTime=moment, isBackfilled=is_late)
        found += ended(watched)

    seen = Counter(shown_ids(found))
    assert not seen - Counter(oslo.published)
    if not told(found):
        assert seen == Counter(oslo.published)


@pytest.mark.slow
@pytest.mark.usefixtures("declared")
def test_a_second_signal_ends_the_wait(cloud: emulator.Emulator, tmp_path: Path) -> None:
    """Who presses Ctrl-C twice waits for nothing, and is told what that leaves open."""
    watch = Watch(tmp_path, cloud.environ)
    try:
        cloud.fail("*/devices", delay_s=60.0, count=None)
        cloud.fail("*devices:stream", status=503, count=None)
        cloud.close_streams(OSLO)
        while "retrying in" not in (word := watch.words()):
            assert word
        watch.process.send_signal(signal.SIGINT)
        while sum(call.path.endswith(f"{OSLO}/devices") for call in cloud.calls) < 2:
            assert watch.process.poll() is None
        watch.process.send_signal(signal.SIGINT)
        code, _, err = watch.end()
    finally:
        watch.process.kill()

    assert code == 4
    assert "incomplete: oslo: " in err

"""`watch --resume FILE`: a run goes on from where the last one was, however that ended."""

from __future__ import annotations

import json
import os
import random
import stat
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pytest

from dcsync import emulator
from dcsync.cloud.clock import Clock
from dcsync.cloud.reader import GRACE_S, PING_INTERVAL_S
from dcsync.errors import OutputError, RefusedError
from dcsync.session.events.resuming import Resume
from dcsync.session.files.journal import Journal
from dcsync.watch.follow import FIRST_WAIT_S, LONGEST_WAIT_S, Follower
from dcsync.watch.happenings import Checkpoint, Gap, Happening, Joined, MatchedEvent
from dcsync.watch.moments import text_of
from tests.watch.conftest import Oslo, Run, interest
from tests.watch.test_watch_command import DECLARATION, OSLO

API = "https://api.example.com/v2"
MOST_SEEN = 4
"""So many happenings may be seen before a process is killed."""


@pytest.fixture
def fridge(cloud: emulator.Emulator, tmp_path: Path) -> str:
    """A device of the declared project `oslo`."""
    (tmp_path / "connectors.yaml").write_text(DECLARATION)
    cloud.add_project("Oslo", OSLO)
    return cloud.add_device(OSLO, "temperature", {"name": "Fridge", "room": "99"})


class Process:
    """A watch of one project that notes in a file, and can be stopped after any happening."""

    def __init__(self, oslo: Oslo, path: Path, clock: Clock | None = None) -> None:
        self.path = path
        self._journal = Journal(path)
        self.resume = Resume(self._journal, API, time.time)
        interests = [interest()]
        start = self.resume.starts({oslo.project_id: interests}, None)[oslo.project_id]
        clock = clock or Clock(sleep=oslo.pause, random=lambda: 0.0)
        self.follower = Follower(oslo.reader, oslo.project_id, interests, clock, start)
        self.happenings = self._noted(chain.from_iterable(self.follower.run()))
        self.shown: list[str] = []
        self.held: set[str] = set()
        """Devices of which nothing is delivered for now."""
        self._undone: list[MatchedEvent] = []

    def _noted(self, happenings: Iterator[Happening]) -> Iterator[Happening]:
        for each in happenings:
            if isinstance(each, MatchedEvent):
                self.resume.take([each])
                self.shown.append(each.arrival.event_id)
                self._undone.append(each)
                if each.device.device_id not in self.held:
                    self.resume.done(self._undone.pop())
            elif isinstance(each, Checkpoint):
                self.resume.reach(each)
            yield each

    def until(self, kind: type[Happening]) -> list[Happening]:
        """What happens up to the first of its kind."""
        found = []
        for each in self.happenings:
            found.append(each)
            if isinstance(each, kind):
                break
        return found

    def let_go(self) -> None:
        """Now all is delivered."""
        while self._undone:
            self.resume.done(self._undone.pop(0))

    def kill(self) -> list[str]:
        """What it has shown, once it is gone without a word."""
        self.follower.stop()
        self._journal.close()
        return self.shown


def measure(oslo: Oslo, device_id: str, ago_s: float, *, late: bool = False) -> None:
    moment = text_of(time.time() - ago_s)
    oslo.publish(device_id, value=ago_s, updateTime=moment, isBackfilled=late)


def live_through(oslo: Oslo, devices: list[str], chance: random.Random) -> None:
    """A few measurements, some of them late."""
    for _ in range(chance.randint(0, 4)):
        if chance.random() < 0.4:
            measure(oslo, chance.choice(devices), 3600.0 * chance.uniform(1, 40), late=True)
        else:
            oslo.publish(chance.choice(devices), chance.choice(["touch", "temperature"]))


@pytest.mark.parametrize("seed", range(12))
def test_stopped_after_any_happening_nothing_is_lost_or_shown_twice(
    oslo: Oslo, tmp_path: Path, seed: int
) -> None:
    """On the stream, in a gap, while it is filled or surveyed: each event once over all runs."""
    chance = random.Random(seed)
    devices = [oslo.add_device(name=f"T{number}") for number in range(3)]
    for device_id in devices[:2]:
        oslo.publish(device_id)
    oslo.published.clear()
    process = Process(oslo, tmp_path / "state")
    process.until(Joined)
    oslo.published.clear()
    shown = process.kill()
    process = Process(oslo, tmp_path / "state")
    for _ in range(10):
        live_through(oslo, devices, chance)
        if chance.random() < 0.6:
            process.until(Joined)
            live_through(oslo, devices, chance)
        if chance.random() < 0.4:
            oslo.interrupt(partial(live_through, oslo, devices, chance))
        for _ in range(MOST_SEEN):
            oslo.publish(devices[0], "touch")
        list(islice(process.happenings, chance.randint(1, MOST_SEEN)))
        shown += process.kill()
        process = Process(oslo, tmp_path / "state")
    process.until(Joined)
    last = oslo.publish(devices[0], "touch")
    for each in process.happenings:
        assert not isinstance(each, Gap), each
        if last in process.shown:
            break
    shown += process.kill()

    assert Counter(shown) == Counter(oslo.published)


@pytest.mark.parametrize("ahead_s", [10, 3600, 3.2e7])
def test_an_event_ahead_of_the_clock_hides_nothing_of_the_time_between_runs(
    oslo: Oslo, tmp_path: Path, ahead_s: float
) -> None:
    """It is in the file with its own time, and is not shown again either."""
    device_id = oslo.add_device(name="Fridge")
    process = Process(oslo, tmp_path / "state")
    process.until(Joined)
    oslo.publish(device_id, value=1, updateTime=text_of(time.time() + ahead_s))
    process.until(MatchedEvent)
    shown = process.kill()
    for _ in range(2):
        oslo.publish(device_id)
    process = Process(oslo, tmp_path / "state")
    for _ in range(2):
        process.until(MatchedEvent)
    process.until(Joined)
    shown += process.kill()

    assert shown == oslo.published


def state_of(oslo: Oslo, path: Path) -> bytes:
    """The file of a run that has shown two events and was killed."""
    device_id = oslo.add_device(name="Fridge")
    process = Process(oslo, path)
    process.until(Joined)
    for _ in range(2):
        oslo.publish(device_id)
    while len(process.shown) < 2:
        process.until(MatchedEvent)
    process.kill()
    return path.read_bytes()


@pytest.mark.slow
def test_what_is_cut_off_or_changed_is_never_passed_over(oslo: Oslo, tmp_path: Path) -> None:
    """Wherever the file ends or differs: refused, said to be cut off, or an earlier whole state."""
    whole = state_of(oslo, tmp_path / "state")
    path = tmp_path / "damaged"
    written_at_once = whole.index(b"\n", whole.index(b'["project"')) + 1
    for length in {*range(0, len(whole), 9), *range(written_at_once - 2, written_at_once + 2)}:
        path.write_bytes(whole[:length])
        with suppress(RefusedError), closing(Opened(path, oslo)) as opened:
            assert opened.journal.is_cut_off or whole[:length].endswith(b"\n")
            assert length >= written_at_once
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        if place == len(whole) - 1:  # the last line without its end
            continue
        with pytest.raises(RefusedError, match="damaged"):
            Opened(path, oslo)


class Opened:
    """A file in use, by a run that asks for nothing yet."""

    def __init__(self, path: Path, oslo: Oslo, api: str = API, **limits: Any) -> None:
        self.journal = Journal(path)
        try:
            self.resume = Resume(self.journal, api, time.time)
            self.starts = self.resume.starts({oslo.project_id: [interest(**limits)]}, None)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self.journal.close()


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"api": "https://api.example.org/v2"}, "and this run is for https://api.example.org/v2"),
        ({"address": "oslo/other"}, "other connectors or filters"),
        ({"event_types": ["touch"]}, "other connectors or filters"),
        ({"label_keys": ["room"]}, "other connectors or filters"),
        ({"labels": (("room", frozenset({None})),)}, "other connectors or filters"),
        ({"device_types": ["touch"]}, "other connectors or filters"),
        ({"device_ids": ["x"]}, "other connectors or filters"),
    ],
)
def test_a_file_of_another_selection_is_refused(
    oslo: Oslo, tmp_path: Path, limits: Mapping[str, Any], words: str
) -> None:
    """What was not shown since, because nobody wanted it, must not pass for shown; it is kept."""
    before = state_of(oslo, tmp_path / "state")
    with pytest.raises(RefusedError, match=words):
        Opened(tmp_path / "state", oslo, **limits)

    assert (tmp_path / "state").read_bytes() == before


def test_a_project_that_a_run_leaves_out_stays_in_the_file(oslo: Oslo, tmp_path: Path) -> None:
    """Narrowed with -p and back again, a watch goes on where each project was."""
    path = tmp_path / "state"
    state_of(oslo, path)
    other = Oslo(oslo.cloud)
    with closing(Opened(path, other)) as opened:
        assert opened.starts[other.project_id].kept is None
    with closing(Opened(path, oslo)) as opened:
        assert opened.starts[oslo.project_id].kept is not None


def test_one_run_at_a_time_has_the_file(oslo: Oslo, tmp_path: Path) -> None:
    """A second one is refused, before and after the first has written it anew."""
    path = tmp_path / "state"
    with closing(Opened(path, oslo)) as opened:
        for _ in range(2):
            with pytest.raises(RefusedError, match="another run is using it"):
                Journal(path)
            opened.resume.end()
    Opened(path, oslo).close()


def test_the_file_is_private_and_never_written_through_a_link(oslo: Oslo, tmp_path: Path) -> None:
    """What another name leads to stays as it is."""
    path, other = tmp_path / "state", tmp_path / "other"
    before = state_of(oslo, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    other.hardlink_to(path)
    Opened(path, oslo).close()
    assert other.read_bytes() == before != path.read_bytes()

    for target in (other, tmp_path / "nothing"):
        link = tmp_path / f"link to {target.name}"
        link.symlink_to(target)
        with pytest.raises(RefusedError, match="a link"):
            Journal(link)
    assert not (tmp_path / "nothing").exists()


def test_what_is_no_regular_file_is_refused(tmp_path: Path) -> None:
    """A folder, a pipe or a device is never taken for a file to resume from."""
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", Path("/dev/null")):
        with pytest.raises(RefusedError, match="cannot be used to resume from"):
            Journal(path)


def test_a_full_disk_ends_a_watch_before_more_is_shown(
    oslo: Oslo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be noted would be shown again: the next event is not taken any more."""
    device_id = oslo.add_device(name="Fridge")
    process = Process(oslo, tmp_path / "state")
    process.until(Joined)

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        oslo.publish(device_id)
        with pytest.raises(OutputError, match="No space left"):
            process.until(MatchedEvent)
    with pytest.raises(OutputError, match="No space left"):
        process.resume.take([])
    process.kill()


def whole_checkpoint(process: Process) -> Checkpoint:
    """What the follower says from time to time."""
    checkpoints = process.follower._checkpoints
    assert checkpoints is not None
    return checkpoints.whole(time.time())


@pytest.mark.parametrize("is_late", [False, True])
def test_no_checkpoint_passes_what_is_not_delivered(
    oslo: Oslo, tmp_path: Path, *, is_late: bool
) -> None:
    """One device waits, another goes on: of both exactly what was not done with comes again."""
    slow, fast = oslo.add_device(name="Slow"), oslo.add_device(name="Fast")
    path = tmp_path / "state"
    process = Process(oslo, path)
    process.until(Joined)
    process.held.add(slow)
    for device_id in (fast, slow, fast):
        oslo.publish(device_id)
        process.until(MatchedEvent)
    process.resume.reach(whole_checkpoint(process))
    oslo.publish(fast)
    process.until(MatchedEvent)
    if is_late:
        process.let_go()
    process.kill()

    process = Process(oslo, path)
    process.until(Joined)

    assert process.kill() == ([] if is_late else [oslo.published[1]])


@pytest.mark.slow
@pytest.mark.parametrize("days", [0.5, 40.0])
@pytest.mark.usefixtures("fridge")
def test_what_is_older_than_history_is_told(run: Run, tmp_path: Path, days: float) -> None:
    """A file of 40 days ago makes the next watch incomplete; one of half a day does not."""
    options = ("--resume", "state", "--duration", "1", "-p", "oslo")
    assert run("watch", *options).returncode == 0
    aged(tmp_path / "state", days)

    ended = run("watch", *options)

    assert "oslo: connected after " in ended.stderr
    assert ("incomplete: oslo: 10 d 0 h could not be filled" in ended.stderr) == (days > 31)
    assert ended.returncode == (4 if days > 31 else 0)


@pytest.mark.slow
@pytest.mark.parametrize("format", ["json", "text", "cloudevents"])
def test_the_next_start_goes_on_where_the_last_one_ended(
    cloud: emulator.Emulator, fridge: str, run: Run, format: str
) -> None:
    """In every format, over a count, an end and back-fill; --since is for the first start only."""
    for value in (1, 2):
        cloud.publish(OSLO, fridge, "temperature", {"value": value})
    options = ("--resume", "state", "--format", format, "--since", "1h", "-p", "oslo")
    first = run("watch", *options, "--count", "1")
    second = run("watch", *options, "--duration", "1")
    moment = text_of(time.time() - 3 * 3600)
    late = {"value": 3, "updateTime": moment, "isBackfilled": True}
    cloud.publish(OSLO, fridge, "touch", {})
    third = run("watch", *options, "--duration", "1")
    for number in range(3):
        cloud.publish(OSLO, fridge, "temperature", {**late, "value": number})
    fourth = run("watch", *options, "--duration", "1")

    ends = [first, second, third, fourth]
    assert [ended.returncode for ended in ends] == [0, 0, 0, 0], [each.stderr for each in ends]
    assert [len(ended.stdout.splitlines()) for ended in ends] == [1, 1, 1, 0]


@pytest.mark.slow
def test_back_fill_and_labels_of_the_time_between_runs_are_found(
    cloud: emulator.Emulator, fridge: str, run: Run
) -> None:
    """What a sensor stored comes although it is old, and so does a change of its labels."""
    cloud.publish(OSLO, fridge, "temperature", {"value": 1})
    options = ("--resume", "state", "--format", "json", "-p", "oslo", "--duration", "1")
    assert run("watch", *options).stdout == ""
    expected = []
    for hours in (3, 5, 9):
        moment = text_of(time.time() - hours * 3600)
        data = {"value": hours, "updateTime": moment, "isBackfilled": True}
        expected.append(cloud.publish(OSLO, fridge, "temperature", data)["eventId"])

    found = [json.loads(line)["eventId"] for line in run("watch", *options).stdout.splitlines()]

    assert sorted(found) == sorted(expected)
    assert run("watch", *options).stdout == ""


@pytest.mark.usefixtures("fridge")
def test_files_that_cannot_be_used_are_refused_before_anything_is_watched(
    run: Run, tmp_path: Path
) -> None:
    """An empty or foreign file is exit code 3, a folder that is not there 1; both say why."""
    (tmp_path / "empty").write_text("")
    (tmp_path / "foreign").write_text("{}\n")
    for name, code, words in (
        ("empty", 3, "is damaged"),
        ("foreign", 3, "is damaged"),
        ("nowhere/state", 1, "cannot be written"),
    ):
        ended = run("watch", "--resume", name, "--duration", "1")
        assert (ended.returncode, ended.stdout) == (code, ""), ended.stderr
        assert words in ended.stderr
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == [
        "connectors.yaml",
        "empty",
        "foreign",
    ]


def aged(path: Path, days: float) -> None:
    """Let all in the file have happened so long before."""
    journal = Journal(path)
    lines = list(journal.read())
    for line in lines[1:]:
        if line[0] == "heard":
            line[2] -= days * 86400
        elif line[0] == "whole":
            line[2]["heard"] -= days * 86400
    journal.rewrite(lines)
    journal.close()


def test_a_machine_that_wakes_up_is_live_within_15_s() -> None:
    """Neither the silence of a dead socket nor the wait between two attempts lasts for longer."""
    assert PING_INTERVAL_S + GRACE_S <= 12.5
    waits = (Clock().growing_wait_s(n, FIRST_WAIT_S, LONGEST_WAIT_S) for n in range(1, 1100))
    assert max(waits) <= 12.5


def test_hours_of_sleep_are_a_gap_that_is_filled(oslo: Oslo, tmp_path: Path) -> None:
    """The clock jumps, the socket is dead: what came meanwhile is shown, back-fill included."""
    device_id = oslo.add_device(name="Fridge")
    slept_s = [0.0]
    clock = Clock(unix_s=lambda: time.time() + slept_s[-1], sleep=oslo.pause, random=lambda: 0.0)
    process = Process(oslo, tmp_path / "state", clock=clock)
    process.until(Joined)
    asleep = (
        partial(slept_s.append, 5 * 3600.0),
        partial(measure, oslo, device_id, 9000.0, late=True),
        partial(oslo.publish, device_id),
    )
    oslo.interrupt(lambda: [each() for each in asleep])

    joined = process.until(Joined)[-1]
    oslo.publish(device_id, "touch")
    while oslo.published[-1] not in process.shown:
        process.until(MatchedEvent)

    assert isinstance(joined, Joined)
    assert joined.gap_s > 4 * 3600
    assert Counter(process.kill()) == Counter(oslo.published)

"""A project of the emulated cloud, and a follower whose pauses a test fills."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pytest

from dcsync import cli, emulator
from dcsync import cloud as api
from dcsync.cloud.clock import Clock
from dcsync.watch.filters import Interest, Labels
from dcsync.watch.follow import Follower
from dcsync.watch.happenings import Happening, Joined, MatchedEvent
from dcsync.watch.keeping import Start


def interest(
    address: str = "oslo/ingest",
    *,
    event_types: Sequence[str] | None = None,
    label_keys: Sequence[str] | None = None,
    labels: Labels = (),
    device_types: Sequence[str] | None = None,
    device_ids: Sequence[str] | None = None,
) -> Interest:
    """A filter that lets everything through but what is named."""

    def limit(values: Sequence[str] | None) -> frozenset[str] | None:
        return None if values is None else frozenset(values)

    return Interest(
        address,
        limit(event_types),
        limit(label_keys),
        labels,
        limit(device_types),
        limit(device_ids),
    )


class Hurry:
    """Real time, in which sleeping takes none."""

    def __init__(self) -> None:
        self._slept_s = 0.0

    def sleep(self, seconds: float) -> None:
        self._slept_s += seconds

    @property
    def clock(self) -> Clock:
        return Clock(
            now_s=lambda: time.monotonic() + self._slept_s, sleep=self.sleep, random=lambda: 0.0
        )


class Oslo:
    """One project, followed by the test's own thread: nothing happens behind its back."""

    def __init__(self, cloud: emulator.Emulator) -> None:
        self.cloud = cloud
        self.project_id = cloud.add_project(display_name="Oslo")
        self.reader = api.Reader(api.connect(cloud.environ, clock=Hurry().clock))
        self.published: list[str] = []
        self.in_pauses: list[Callable[[], Any]] = []
        """What happens in the next pauses between connections, one a pause."""

    def add_device(self, type: str = "temperature", **labels: str) -> str:
        return self.cloud.add_device(self.project_id, type, labels=labels)

    def publish(self, device_id: str, event_type: str = "temperature", **data: Any) -> str:
        """Let a device send an event; its eventId."""
        data = data or ({"value": len(self.published)} if event_type == "temperature" else {})
        event = self.cloud.publish(self.project_id, device_id, event_type, data)
        self.published.append(event["eventId"])
        return str(event["eventId"])

    def follow(
        self, *interests: Interest, since_s: float | None = None, clock: Clock | None = None
    ) -> Iterator[Happening]:
        """What happens from the moment the stream is open. Pauses take no time."""
        clock = clock or Clock(sleep=self.pause, random=lambda: 0.0)
        follower = Follower(
            self.reader, self.project_id, interests or (interest(),), clock, Start(since_s)
        )
        return chain.from_iterable(follower.run())

    def joined(self, *interests: Interest, **options: Any) -> Iterator[Happening]:
        """The same once the first connection stands."""
        happenings = self.follow(*interests, **options)
        assert isinstance(next(happenings), Joined)
        return happenings

    def joined_since(self, since_s: float) -> Iterator[Happening]:
        """From a moment in the past on, what history has included."""
        return self.follow(since_s=since_s)

    def interrupt(self, *in_pause: Callable[[], Any]) -> None:
        """End the open stream, and let this happen while there is none."""
        self.in_pauses.extend(in_pause)
        self.cloud.close_streams()

    def calls(self) -> list[str]:
        """The last segment of each call so far: `devices:stream`, `devices`, `events`."""
        return [call.path.rpartition("/")[2] for call in self.cloud.calls]

    def pause(self, _: float) -> None:
        if self.in_pauses:
            self.in_pauses.pop(0)()


def shown(happenings: Iterator[Happening], count: int) -> list[MatchedEvent]:
    """The next events, whatever else happens."""
    return list(islice((each for each in happenings if isinstance(each, MatchedEvent)), count))


def ids(happenings: Iterator[Happening], count: int) -> list[str]:
    """The ids of the next events."""
    return [each.arrival.event_id for each in shown(happenings, count)]


@dataclass(frozen=True)
class Ended:
    """What a command came to, as `subprocess` tells it."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Ended]


@pytest.fixture
def run(
    cloud: emulator.Emulator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Runs a command in the test's own process and folder, pointed at the emulated cloud."""
    monkeypatch.chdir(tmp_path)
    for name, value in cloud.environ.items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str) -> Ended:
        code = cli.main(list(arguments))
        return Ended(code, *capsys.readouterr())

    return run


@pytest.fixture
def oslo(cloud: emulator.Emulator) -> Oslo:
    """An empty project."""
    return Oslo(cloud)


DECLARATION = """
dcsync: 1
project: {project_id}
policy: {{prune: none}}
connectors:
  ingest:
    event_types: [touch]
    config: {{url: https://ingest.example.com, signature_secret: "${{env:UNSET}}"}}
  absent: {{config: {{url: https://ingest.example.com}}}}
"""


@pytest.fixture
def declared(oslo: Oslo, tmp_path: Path) -> Oslo:
    """A project with a connector that drifted, and one that is declared and not there."""
    (tmp_path / "c.yaml").write_text(DECLARATION.format(project_id=oslo.project_id))
    config = {"url": "https://ingest.example.com", "signatureSecret": "s3cret-live"}
    resource = {"displayName": "ingest", "type": "HTTP_PUSH", "httpConfig": config}
    oslo.cloud.add_connector(oslo.project_id, resource)
    return oslo

"""Several runs of apply at once, their calls in an order that only the seed decides.

Each run is a real engine with a real client against the embedded cloud. Before each call it waits
for its turn, so the same seed gives the same schedule, and nothing waits for time to pass.
"""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import urlsplit

from dcsync import cloud as api
from dcsync import emulator
from dcsync.apply import Outcome, Status
from dcsync.cloud.clock import Clock
from dcsync.errors import CloudError, ConnectionFailed, ResponseLost
from dcsync.model import Prune
from dcsync.plan import Plan
from tests.apply.conftest import PROJECT, Bench, declared

PUBSUB = {"topic": "projects/g/topics/t", "audience": "x"}
LOST, CUT, KILLED_BEFORE, KILLED_AFTER = "lost", "cut", "killed before", "killed after"


class Turns:
    """Lets one run go on at a time, chosen at random of those that want to."""

    def __init__(self, randomness: Random, runs: int) -> None:
        self._random = randomness
        self._states = dict.fromkeys(range(runs), "busy")
        self._changed = threading.Condition()

    def wait(self, run: int, state: str = "waiting") -> None:
        """Until it is this run's turn; one that is `resting` comes after all that wait."""
        with self._changed:
            self._states[run] = state
            self._advance()
            assert self._changed.wait_for(lambda: self._states[run] == "busy", 30)

    def end(self, run: int) -> None:
        """This run makes no more calls."""
        with self._changed:
            self._states[run] = "ended"
            self._advance()

    def _advance(self) -> None:
        if "busy" in self._states.values():
            return
        for state in ("waiting", "resting"):
            if ready := [run for run, each in self._states.items() if each == state]:
                self._states[self._random.choice(ready)] = "busy"
                break
        self._changed.notify_all()


@dataclass
class Run:
    """One apply: which of its calls meet which trouble, and what became of it."""

    number: int
    troubles: dict[int, str]
    outcomes: list[Outcome] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    calls: int = 0
    is_killed: bool = False
    created: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    bug: BaseException | None = None

    @property
    def is_green(self) -> bool:
        """Whether it would end with exit code 0."""
        problems = any(plan.problems or plan.guards for plan in self.plans)
        done = all(each.status is Status.DONE for each in self.outcomes)
        return bool(self.plans) and not problems and done and not self.is_killed

    @property
    def said(self) -> str:
        """All that its plan and its report say of trouble."""
        problems = [str(each) for plan in self.plans for each in plan.problems]
        return "\n".join([*problems, *(each.error for each in self.outcomes)])


class Schedule:
    """A random project, a random declaration, and two or three runs at once."""

    def __init__(self, seed: int, cloud: emulator.Emulator) -> None:
        self.random = Random(seed)
        self.cloud = cloud
        self.prune = self.random.choice([Prune.NONE, Prune.ALL])
        self.wanted = [
            declared(name) for name in self.random.sample("abc", self.random.randint(1, 3))
        ]
        with_trouble = self.random.random() < 0.6
        self.runs = [
            Run(number, self._troubles() if with_trouble else {})
            for number in range(self.random.choice([2, 2, 3]))
        ]
        self.before = set(self._sow())

    def _troubles(self) -> dict[int, str]:
        """What befalls which calls of a run, counted from 1."""
        found = {}
        if self.random.random() < 0.6:
            found[self.random.randint(1, 12)] = self.random.choice([KILLED_BEFORE, KILLED_AFTER])
        if self.random.random() < 0.5:
            found.setdefault(self.random.randint(2, 12), self.random.choice([LOST, CUT]))
        return found

    def _sow(self) -> Iterator[str]:
        """What is live before: something of another type, something of no declaration."""
        for each in self.wanted:
            if self.random.random() < 0.4:
                name = each.connector.display_name
                resource = {
                    "displayName": name,
                    "type": "GOOGLE_CLOUD_PUBSUB",
                    "pubsubConfig": PUBSUB,
                }
                yield self.cloud.add_connector(PROJECT, resource)
        if self.random.random() < 0.5:
            resource = {"displayName": "old", "type": "GOOGLE_CLOUD_PUBSUB", "pubsubConfig": PUBSUB}
            yield self.cloud.add_connector(PROJECT, resource)

    def play(self) -> None:
        """All runs at once, to their ends."""
        turns = Turns(self.random, len(self.runs))
        threads = [
            threading.Thread(target=self._run, args=(run, turns), name=f"run {run.number}")
            for run in self.runs
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(40)
            assert not thread.is_alive()
        for run in self.runs:
            if run.bug:
                raise run.bug

    def _run(self, run: Run, turns: Turns) -> None:
        try:
            bench = bench_of(self.cloud)
            bench.plans = run.plans
            bench.during_settle = lambda: turns.wait(run.number, "resting")
            meddle(bench.client, run, lambda: turns.wait(run.number))
            run.outcomes.extend(bench.apply(*self.wanted, prune=self.prune))
        except CloudError:
            pass  # it could not even list the project
        except BaseException as bug:  # noqa: BLE001 - raised again where the test can see it
            run.bug = bug
        finally:
            turns.end(run.number)

    def twins(self) -> list[list[str]]:
        """The ids of live connectors of one name and type, where there are several."""
        by_kind: dict[tuple[str, str], list[str]] = {}
        for each in self.cloud.connectors(PROJECT):
            kind = each["displayName"], each["type"]
            by_kind.setdefault(kind, []).append(each["name"].rpartition("/")[2])
        return [sorted(ids) for ids in by_kind.values() if len(ids) > 1]

    def names(self) -> Counter[str]:
        return Counter(each["displayName"] for each in self.cloud.connectors(PROJECT))


def bench_of(cloud: emulator.Emulator) -> Bench:
    """An engine's surroundings in which waiting takes no time."""
    slept: list[float] = []
    clock = Clock(lambda: time.monotonic() + sum(slept), time.time, slept.append, lambda: 0.0)
    return Bench(cloud, api.connect(cloud.environ, timeout_s=20, clock=clock), clock)


def meddle(client: api.Client, run: Run, wait: Callable[[], None]) -> None:
    """Have each call of a run wait for its turn, and meet its trouble.

    After its death no call leaves the machine: for the cloud that is SIGKILL.
    """
    transport: Any = client._transport
    send = transport.send

    def meddled(message: Any) -> Any:
        if run.is_killed:
            raise ConnectionFailed("the run was killed")
        wait()
        run.calls += 1
        trouble = run.troubles.get(run.calls, "")
        run.is_killed = trouble in (KILLED_BEFORE, KILLED_AFTER)
        if trouble in (KILLED_BEFORE, CUT):
            raise ResponseLost("cut off before the cloud saw it")
        answer = send(message)
        note(run, message, answer)
        if trouble:
            raise ResponseLost("cut off after the cloud acted")
        return answer

    transport.send = meddled


def note(run: Run, message: Any, answer: Any) -> None:
    """Keep which connectors a run really created and deleted."""
    path = urlsplit(message.url).path
    if answer.status != 200 or "/dataconnectors" not in path:
        return
    if message.method == "POST":
        run.created.add(json.loads(answer.body)["name"].rpartition("/")[2])
    elif message.method == "DELETE":
        run.deleted.add(path.rpartition("/")[2])


def planned_deletes(run: Run) -> set[str]:
    """What the plans of a run announced that it would delete."""
    return {
        each.data_connector_id
        for plan in run.plans
        for each in plan.operations
        if each.action in {"delete", "replace"}
    }

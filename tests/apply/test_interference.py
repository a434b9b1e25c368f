"""A state machine: a person in the console, a second dcsync and a failing network interfere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from dcsync import cloud as api
from dcsync import emulator
from dcsync.apply import Outcome, Status
from dcsync.cloud.clock import Clock
from dcsync.errors import CloudError
from dcsync.model import Connector, ConnectorPatch, Declared
from dcsync.plan import Create, Delete, Update, compare
from tests.apply.conftest import PROJECT, Bench, declared

OLD_S = 61.0
"""The plan waited for approval: whatever happened meanwhile must be noticed."""

names = st.sampled_from("abc")
label_sets = st.sampled_from([(), ("name",), ("name", "room")])
urls = st.sampled_from(["https://a.example.com/dt", "https://b.example.com/dt"])
faults = st.sampled_from(
    [
        {"drop": True},
        {"drop": True, "acts": True},
        {"status": 500},
        {"status": 502, "acts": True, "body": "<html>"},
        {"status": 504, "acts": True},
        {"status": 403},
        {"status": 429},
        {"status": 200, "body": "{", "acts": True},
        {"truncate_at": 5},
    ]
)


class Interference(RuleBasedStateMachine):
    """One project; `wanted` is what the files declare."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        cloud = self.stack.enter_context(emulator.running(rate_limit=None, quota=None))
        cloud.add_project(project_id=PROJECT)
        slept: list[float] = []
        clock = Clock(lambda: time.monotonic() + sum(slept), time.time, slept.append, lambda: 0.0)
        self.bench = Bench(cloud, api.connect(cloud.environ, timeout_s=5, clock=clock), clock)
        self.wanted: dict[str, Declared] = {}
        self.edits: list[Callable[[], object]] = []

    def teardown(self) -> None:
        self.stack.close()

    @rule(name=names, labels=label_sets, url=urls)
    def declare(self, name: str, labels: tuple[str, ...], url: str) -> None:
        self.wanted[name] = declared(name, labels=labels, url=url)

    @rule(name=names)
    def forget(self, name: str) -> None:
        self.wanted.pop(name, None)

    @rule(fault=faults, method=st.sampled_from(["GET", "POST", "PATCH", "DELETE"]))
    def network_fails(self, fault: dict[str, Any], method: str) -> None:
        self.bench.cloud.fail("*/dataconnectors*", method=method, **fault)

    @rule(name=names, url=urls)
    def person_creates(self, name: str, url: str) -> None:
        if name not in self.bench.names():
            resource = {"displayName": name, "type": "HTTP_PUSH", "httpConfig": {"url": url}}
            self.bench.cloud.add_connector(PROJECT, resource)

    @rule(name=names)
    def person_edits(self, name: str) -> None:
        if name in self.bench.names():
            with self._calm():
                self.bench.patch(name, ConnectorPatch(labels=("theirs",)))

    @rule(name=names)
    def person_deletes(self, name: str) -> None:
        if name in self.bench.names():
            with self._calm():
                writer = api.Writer(self.bench.client)
                writer.delete_data_connector(PROJECT, self.bench.id_of(name))

    @rule()
    def apply(self) -> None:
        """Nobody else is there: what the report says is what is live."""
        for outcome in self._apply(lambda: None, 0.0):
            self._is_true(outcome)

    @rule(after=st.integers(0, 2))
    def apply_is_interrupted(self, after: int) -> None:
        calls = self.bench.cloud.calls
        limit = len([each for each in calls if each.method != "GET"]) + after
        self.bench.stopped = lambda: sum(each.method != "GET" for each in calls) > limit
        try:
            outcomes = self._apply(lambda: None, 0.0)
        finally:
            self.bench.stopped = lambda: False
        for outcome in outcomes:
            self._is_true(outcome)

    @rule(name=names, deed=st.sampled_from(["creates", "edits", "deletes"]), url=urls)
    def person_comes_between(self, name: str, deed: str, url: str) -> None:
        """What a person did after the plan was made is not undone by it."""
        before = self._live()

        def interfere() -> None:
            match deed:
                case "creates":
                    self.person_creates(name, url)
                case "edits":
                    self.person_edits(name)
                case _:
                    self.person_deletes(name)
            now = self._live()
            edited.update((key, each) for key, each in now.items() if each != before.get(key))

        edited: dict[str, Connector] = {}
        self._apply(interfere, OLD_S)
        live = self._live()
        for data_connector_id, connector in edited.items():
            assert live.get(data_connector_id) == connector

    @rule()
    def second_dcsync_comes_between(self) -> None:
        """Two runs of the same plan make nothing twice, whichever is first."""
        self._apply(lambda: self._apply(lambda: None, 0.0), OLD_S)

    @rule()
    def converges(self) -> None:
        """As soon as the network holds, one apply brings all in sync."""
        self.bench.cloud.heal()
        outcomes = self._apply(lambda: None, 0.0)
        assert {each.status for each in outcomes} <= {Status.DONE}
        assert self.bench.names() == sorted(self.wanted)
        assert self.bench.plan(*self.wanted.values()).operations == ()

    @invariant()
    def nothing_is_there_twice(self) -> None:
        assert len(set(self.bench.names())) == len(self.bench.names())

    def _apply(self, behind: Callable[[], object], age_s: float) -> list[Outcome]:
        """Plan, interfere, apply; no outcomes where no plan can be made."""
        try:
            return self.bench.apply(*self.wanted.values(), behind=behind, age_s=age_s)
        except CloudError:
            return []

    def _is_true(self, outcome: Outcome) -> None:
        """Whether the cloud is as the outcome says."""
        operation, live = outcome.operation, self._live()
        match operation:
            case Create() | Update() if outcome.is_done:
                found = live[outcome.data_connector_id]
                assert not compare(self.wanted[operation.display_name], found)
            case Delete() if outcome.is_done:
                assert operation.data_connector_id not in live
            case Create() if not outcome.changed and "is unknown" not in outcome.error:
                assert operation.display_name not in self.bench.names()
            case Delete() if outcome.status is Status.NOT_ATTEMPTED:
                assert operation.data_connector_id in live

    def _live(self) -> dict[str, Connector]:
        with self._calm():
            found = api.Reader(self.bench.client).list_data_connectors(PROJECT)
        return {each.data_connector_id: each for each in found}

    @contextmanager
    def _calm(self) -> Iterator[None]:
        """No fault meets what is done here: people and tests have a network of their own."""
        rules = [asdict(each) for each in self.bench.cloud.faults()]
        self.bench.cloud.heal()
        yield
        for each in rules:
            del each["fault_id"]
            self.bench.cloud.fail(**each)


@pytest.mark.slow
def test_whatever_interferes_nothing_is_doubled_or_lost_and_reports_are_true() -> None:
    """No sequence of people, runs and failures makes apply double, lose or misreport anything."""
    run_state_machine_as_test(
        Interference,
        settings=settings(max_examples=40, stateful_step_count=12, deadline=None, derandomize=True),
    )

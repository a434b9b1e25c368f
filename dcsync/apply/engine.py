"""Runs a Plan: projects side by side, each project's operations in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from queue import SimpleQueue

from dcsync.apply.creation import Creator
from dcsync.apply.execute import Executor
from dcsync.apply.freshness import STALE_AFTER_S, stale_operations
from dcsync.apply.outcome import Outcome, Status
from dcsync.cloud import Reader, Writer
from dcsync.errors import CloudError, RefusedError
from dcsync.model import Connector, Declared
from dcsync.plan import Blocked, Operation, Plan


@dataclass(frozen=True, slots=True)
class Engine:
    """What running a plan needs beside the plan.

    `declared` and `live` are what the plan was made from, by project id. `clock` gives
    seconds, and `listed_at` is what it gave when the listing began. `settle` waits before a
    create is repeated, and once `stopped` is true nothing new is started.
    """

    reader: Reader
    writer: Writer
    declared: Mapping[str, Sequence[Declared]]
    live: Mapping[str, Sequence[Connector]]
    listed_at: float
    parallelism: int
    clock: Callable[[], float]
    settle: Callable[[], None]
    stopped: Callable[[], bool]

    def run(self, plan: Plan) -> Iterator[Outcome]:
        """An outcome for every operation, as they come; blocked ones are refused."""
        projects = [
            list(group) for _, group in groupby(plan.operations, lambda each: each.project_id)
        ]
        outcomes: SimpleQueue[Outcome | Exception] = SimpleQueue()
        with ThreadPoolExecutor(max_workers=self.parallelism) as pool:
            for operations in projects:
                pool.submit(self._run_project, operations, outcomes.put)
            for _ in plan.operations:
                outcome = outcomes.get()
                if isinstance(outcome, Exception):
                    raise outcome
                yield outcome

    def _run_project(
        self, operations: Sequence[Operation], report: Callable[[Outcome | Exception], None]
    ) -> None:
        try:
            for outcome in self._outcomes(operations):
                report(outcome)
        except Exception as bug:  # noqa: BLE001 - it is raised again where the outcomes are read
            report(bug)

    def _outcomes(self, operations: Sequence[Operation]) -> Iterator[Outcome]:
        """One project's outcomes, in the order of its operations."""
        project_id = operations[0].project_id
        live = by_id(self.live[project_id])
        stale: Mapping[Operation, str] = {}
        if self.clock() - self.listed_at > STALE_AFTER_S and not self.stopped():
            try:
                now = by_id(self.reader.list_data_connectors(project_id))
            except CloudError as error:
                reason = f"the listing is too old and cannot be renewed: {error}"
                yield from (Outcome(each, Status.FAILED, reason) for each in operations)
                return
            live, stale = now, stale_operations(operations, live, now)
        executor = self._executor(project_id, live)
        for operation in operations:
            if operation in stale:
                yield Outcome(operation, Status.REFUSED, stale[operation])
            else:
                yield self._run(operation, executor)

    def _executor(self, project_id: str, live: Mapping[str, Connector]) -> Executor:
        return Executor(
            self.reader,
            self.writer,
            Creator(self.reader, self.writer, self.settle),
            {each.address: each for each in self.declared.get(project_id, ())},
            live,
        )

    def _run(self, operation: Operation, executor: Executor) -> Outcome:
        if self.stopped() and not isinstance(operation, Blocked):
            return Outcome(operation, Status.NOT_ATTEMPTED, "interrupted before its turn")
        began = self.clock()
        status, error, data_connector_id = _try(operation, executor)
        return Outcome(operation, status, error, data_connector_id, self.clock() - began)


def by_id(connectors: Iterable[Connector]) -> dict[str, Connector]:
    return {each.data_connector_id: each for each in connectors}


def _try(operation: Operation, executor: Executor) -> tuple[Status, str, str]:
    try:
        done = executor.execute(operation)
    except RefusedError as refusal:
        return Status.REFUSED, str(refusal), operation.data_connector_id
    except CloudError as failure:
        return Status.FAILED, str(failure), operation.data_connector_id
    status = Status.NOT_SYNCED if done.sync_error else Status.DONE
    return status, done.sync_error, done.data_connector_id

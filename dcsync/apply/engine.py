"""Runs a Plan: projects side by side, each project's operations in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from queue import SimpleQueue

from dcsync.apply.creation import Creator
from dcsync.apply.execute import Executor
from dcsync.apply.outcome import Outcome, Status
from dcsync.cloud import Reader, Writer
from dcsync.errors import CloudError, RefusedError
from dcsync.model import Connector, Declared
from dcsync.plan import Blocked, Operation, Plan


@dataclass(frozen=True, slots=True)
class Engine:
    """What running a plan needs beside the plan.

    `declared` and `live` are what the plan was made from, by project id. `clock` gives seconds,
    `settle` waits before a create is repeated, and once `stopped` is true nothing is started.
    """

    reader: Reader
    writer: Writer
    declared: Mapping[str, Sequence[Declared]]
    live: Mapping[str, Sequence[Connector]]
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
            executor = self._executor(operations[0].project_id)
            for operation in operations:
                report(self._run(operation, executor))
        except Exception as bug:  # noqa: BLE001 - it is raised again where the outcomes are read
            report(bug)

    def _executor(self, project_id: str) -> Executor:
        return Executor(
            self.reader,
            self.writer,
            Creator(self.reader, self.writer, self.settle),
            {each.address: each for each in self.declared.get(project_id, ())},
            {each.data_connector_id: each for each in self.live[project_id]},
        )

    def _run(self, operation: Operation, executor: Executor) -> Outcome:
        if self.stopped() and not isinstance(operation, Blocked):
            return Outcome(operation, Status.NOT_ATTEMPTED, "interrupted before its turn")
        began = self.clock()
        status, error, data_connector_id = _try(operation, executor)
        return Outcome(operation, status, error, data_connector_id, self.clock() - began)


def _try(operation: Operation, executor: Executor) -> tuple[Status, str, str]:
    try:
        done = executor.execute(operation)
    except RefusedError as refusal:
        return Status.REFUSED, str(refusal), operation.data_connector_id
    except CloudError as failure:
        return Status.FAILED, str(failure), operation.data_connector_id
    status = Status.NOT_SYNCED if done.sync_error else Status.DONE
    return status, done.sync_error, done.data_connector_id

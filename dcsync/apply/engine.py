"""Executes a Plan: projects concurrently, each project's operations in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby

from dcsync.apply.creation import Creator
from dcsync.apply.execute import Executor
from dcsync.apply.freshness import STALE_AFTER_S, stale_operations
from dcsync.apply.outcome import Outcome, PartialFailure, Status
from dcsync.apply.rivals import Rivals
from dcsync.apply.side_by_side import side_by_side
from dcsync.apply.updating import Updater
from dcsync.cloud import Reader, Writer
from dcsync.dataclass import dataclass, replace
from dcsync.errors import CloudError, RefusedError, trouble_with_machine
from dcsync.model import Connector, Declared
from dcsync.plan import Blocked, Create, Operation, Plan, Replace

INTERRUPTED = "interrupted before its turn"


@dataclass(frozen=True, slots=True)
class Engine:
    """What running a plan needs beside the plan.

    `declared` and `live` are what the plan was made from, by project id. `clock` gives
    seconds, and `listed_at` is what it gave when the listing began. `settle(why)` waits until what
    others, or a lost call, did must be visible, `back_off` before a call is repeated, and once
    `stopped` is true nothing new is started. `starting` hears of each operation when its turn has
    come.
    """

    reader: Reader
    writer: Writer
    declared: Mapping[str, Sequence[Declared]]
    live: Mapping[str, Sequence[Connector]]
    listed_at: float
    parallelism: int
    clock: Callable[[], float]
    settle: Callable[[str], None]
    back_off: Callable[[int, Exception], None]
    stopped: Callable[[], bool]
    starting: Callable[[Operation], None] = lambda _: None

    def run(self, plan: Plan) -> Iterator[Outcome]:
        """An outcome for every operation, as they come; blocked ones are refused."""
        return side_by_side(plan.operations, self._outcomes, self.parallelism)

    def _outcomes(self, operations: Sequence[Operation]) -> Iterator[Outcome]:
        """One project's outcomes, in the order of its operations."""
        project_id = operations[0].project_id
        live: Mapping[str, Connector] = by_id(self.live[project_id])
        doubts: Mapping[Operation, Outcome] = {}
        if self.clock() - self.listed_at > STALE_AFTER_S and not self.stopped():
            live, doubts = self._renew(project_id, operations, live)
        executor = self._executor(project_id, live)
        for creates, group in groupby(operations, lambda each: isinstance(each, Create | Replace)):
            outcomes = (doubts.get(each) or self._run(each, executor) for each in group)
            yield from (
                self._rivals(project_id, executor).resolve([*outcomes]) if creates else outcomes
            )

    def _renew(
        self, project_id: str, operations: Sequence[Operation], live: Mapping[str, Connector]
    ) -> tuple[Mapping[str, Connector], Mapping[Operation, Outcome]]:
        """The project as it is now, and operations that must not be executed because of it."""
        try:
            now = by_id(self.reader.list_data_connectors(project_id))
        except CloudError as error:
            reason = f"the listing is too old and cannot be renewed: {error}"
            return live, {
                each: Outcome(each, Status.FAILED, reason, each.data_connector_id)
                for each in operations
                if not isinstance(each, Blocked)
            }
        stale = stale_operations(operations, live, now)
        return now, {
            each: Outcome(each, Status.REFUSED, reason, each.data_connector_id)
            for each, reason in stale.items()
        }

    def _executor(self, project_id: str, live: Mapping[str, Connector]) -> Executor:
        return Executor(
            self.reader,
            self.writer,
            Creator(self.reader, self.writer, self.settle, self.stopped),
            Updater(self.reader, self.writer, self.back_off, self.stopped),
            {each.address: each for each in self.declared.get(project_id, ())},
            live,
        )

    def _rivals(self, project_id: str, executor: Executor) -> Rivals:
        return Rivals(
            self.reader,
            project_id,
            executor.created,
            executor.declared,
            partial(executor.delete, project_id),
            self.settle,
            self.back_off,
        )

    def _run(self, operation: Operation, executor: Executor) -> Outcome:
        if self.stopped() and not isinstance(operation, Blocked):
            return Outcome(
                operation, Status.NOT_ATTEMPTED, INTERRUPTED, operation.data_connector_id
            )
        self.starting(operation)
        began = self.clock()
        outcome = _try(operation, executor)
        return replace(outcome, seconds=self.clock() - began)


def by_id(connectors: Iterable[Connector]) -> dict[str, Connector]:
    return {each.data_connector_id: each for each in connectors}


def _try(operation: Operation, executor: Executor) -> Outcome:
    try:
        done = executor.execute(operation)
    except RefusedError as refusal:
        return Outcome(operation, Status.REFUSED, str(refusal), operation.data_connector_id)
    except PartialFailure as failure:
        return Outcome(
            operation, Status.FAILED, str(failure), failure.data_connector_id, partial=True
        )
    except CloudError as failure:
        return Outcome(operation, Status.FAILED, str(failure), operation.data_connector_id)
    except Exception as error:  # noqa: BLE001 - the others go on, and the report is made
        return _broken_off(operation, error)
    status = Status.NOT_SYNCED if done.sync_error else Status.DONE
    return Outcome(operation, status, done.sync_error, done.data_connector_id)


def _broken_off(operation: Operation, error: Exception) -> Outcome:
    """A system error, or a bug: it is unknown how far it came."""
    trouble = trouble_with_machine(error)
    why = trouble or f"unexpected {type(error).__name__}: a bug in dcsync"
    return Outcome(
        operation,
        Status.FAILED,
        f"{why}; plan again before you apply",
        operation.data_connector_id,
        partial=True,
        bug=None if trouble else error,
    )

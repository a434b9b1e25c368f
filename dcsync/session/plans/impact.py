"""Gets the metrics of the connectors that a plan would delete, concurrently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from dcsync.errors import CloudError
from dcsync.model import Connector
from dcsync.plan import Impact, Operation
from dcsync.plan.impact import Measure

if TYPE_CHECKING:  # a plan watches nothing
    from dcsync.watch.proof import Meter


def measure_with(
    meter: Meter, live: Mapping[str, Sequence[Connector]], parallelism: int
) -> Measure:
    """A function that measures; `live` has the listings by project id, and may be filled later."""

    def measure(operations: Sequence[Operation]) -> tuple[Impact, ...]:
        if not operations:
            return ()
        status = {
            each.data_connector_id: each.status
            for project_id in {operation.project_id for operation in operations}
            for each in live[project_id]
        }

        def ask(operation: Operation) -> Impact:
            connector_id = operation.data_connector_id
            place = operation.project_id, connector_id, status[connector_id]
            try:
                metrics = meter.get_metrics(operation.project_id, connector_id)
            except CloudError as error:
                return Impact(*place, trouble=str(error))
            return Impact(*place, metrics.success_count, metrics.error_count)

        with ThreadPoolExecutor(max_workers=parallelism) as pool:
            return tuple(pool.map(ask, operations))

    return measure

"""Reads the metrics of many connectors side by side. One that fails leaves the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from dcsync.cloud.reader import Metrics
from dcsync.errors import CloudError
from dcsync.model import Connector
from dcsync.watch.proof import Meter
from dcsync.watch.standing import Pair


def measure_all(
    pairs: Sequence[Pair], meter: Meter, parallelism: int
) -> Mapping[str, Metrics | CloudError]:
    """The metrics of every live connector by its id, or why there are none."""

    def measure(live: Connector) -> Metrics | CloudError:
        try:
            return meter.get_metrics(live.project_id, live.data_connector_id)
        except CloudError as error:
            return error

    connectors = [live for _, _, live in pairs if live]
    ids = [live.data_connector_id for live in connectors]
    with ThreadPoolExecutor(max_workers=parallelism) as pool:
        return dict(zip(ids, pool.map(measure, connectors), strict=True))

"""Lists projects like a Reader, and reads the metrics of declared connectors meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Protocol, Self, TypeVar

from dcsync.cloud.fleet import Lister
from dcsync.cloud.reader import Metrics
from dcsync.errors import CloudError
from dcsync.model import Connector, DeclaredProject
from dcsync.watch.standing import MeasuredPair, pairs_of

T = TypeVar("T")


class MetricsSource(Lister, Protocol):
    """The part of Reader that measuring uses."""

    def get_metrics(self, project_id: str, data_connector_id: str) -> Metrics: ...


class Measuring:
    """Measures the connectors of each project as soon as it is listed, concurrently.

    A failure does not affect the others. `takes` selects addresses.
    """

    def __init__(
        self,
        source: MetricsSource,
        projects: Iterable[DeclaredProject],
        takes: Callable[[str], bool],
        parallelism: int,
    ) -> None:
        self._source, self._takes = source, takes
        self._projects = {each.project_id: each for each in projects}
        self._pool = ThreadPoolExecutor(max_workers=parallelism)
        self._pairs: dict[str, list[MeasuredPair]] = {}
        self._measured: dict[str, Future[Metrics | CloudError]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def meanwhile(self, work: Callable[[], T]) -> Future[T]:
        """Have something else done beside it."""
        return self._pool.submit(work)

    def list_data_connectors(self, project_id: str) -> tuple[Connector, ...]:
        """The project's connectors; does not wait for their metrics."""
        live = self._source.list_data_connectors(project_id)
        found = pairs_of(self._projects[project_id], live)
        self._pairs[project_id] = [each for each in found if self._takes(each[1].address)]
        for _, _, connector in self._pairs[project_id]:
            if connector:
                measured = self._pool.submit(self._measure, connector)
                self._measured[connector.data_connector_id] = measured
        return live

    def pairs(self) -> list[MeasuredPair]:
        """Every selected connector with its live one, project by project."""
        return [
            pair
            for project_id, project in self._projects.items()
            for pair in self._pairs.get(project_id) or pairs_of(project, ())
            if self._takes(pair[1].address)
        ]

    def metrics(self) -> Mapping[str, Metrics | CloudError]:
        """The metrics of each live one by id, or why there are none; waits for all."""
        return {key: measured.result() for key, measured in self._measured.items()}

    def _measure(self, live: Connector) -> Metrics | CloudError:
        try:
            return self._source.get_metrics(live.project_id, live.data_connector_id)
        except CloudError as error:
            return error

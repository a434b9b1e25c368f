"""Proves that changed connectors deliver, like `verify --sync`, without opening streams."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count

from dcsync.apply import Outcome
from dcsync.cloud import Client, Reader, Writer
from dcsync.cloud.clock import Clock
from dcsync.cloud.fleet import list_projects
from dcsync.cloud.reader import Metrics
from dcsync.dataclass import dataclass, replace
from dcsync.errors import NotFound
from dcsync.model import Declarations, DeclaredProject
from dcsync.model.path import CONFIG
from dcsync.plan import Update
from dcsync.render.watching import duration_text
from dcsync.render.words import Visible, visible
from dcsync.session.signals.stopping import Interruption
from dcsync.watch.evidence import Evidence, Rules, Verdict
from dcsync.watch.proof import await_deliveries, measure_first, provoke
from dcsync.watch.subjects import choose, in_order

RULES = Rules(is_synced=True, is_watched=False)
BRINGING = ("create", "update", "replace")
"""Operations that leave a connector behind which can deliver."""


@dataclass(frozen=True, slots=True)
class Prover:
    """Proves deliveries within `timeout_s`, with a few concurrent calls.

    `settle_s` is how long a delivery may take that began before a connector was changed.
    """

    client: Client
    declarations: Declarations
    timeout_s: float
    settle_s: float
    parallelism: int
    interruption: Interruption
    note: Callable[[Visible], None]

    def prove(self, outcomes: Sequence[Outcome]) -> list[Verdict]:
        """A verdict on each declared connector that was changed, in file order."""
        projects = _chosen(self.declarations.projects, changed_addresses(outcomes))
        ids = [each.project_id for each in projects]
        listings = list_projects(Reader(self.client), ids, self.parallelism)
        subjects = choose(projects, listings, RULES)
        found = list(subjects.under_test.values())
        if self.settle_s and found and any(map(_redirects, outcomes)):
            self.note(settling(self.settle_s))
            self.interruption.wait(self.settle_s)
        self._gather(found)
        waited = duration_text(self.timeout_s)
        verdicts = [*subjects.decided, *(each.verdict(waited) for each in found)]
        return in_order(projects, verdicts)

    def _gather(self, under_test: Sequence[Evidence]) -> None:
        if not under_test:
            return
        patient = _Patient(self.client)

        def begin(evidence: Evidence) -> None:
            if not self.interruption.asked:
                measure_first(patient, [evidence])
                provoke(patient, [evidence])

        with ThreadPoolExecutor(max_workers=self.parallelism) as pool:
            list(pool.map(begin, under_test))
            await_deliveries(
                patient,
                under_test,
                Clock(sleep=self.interruption.wait),
                self.timeout_s,
                pool.map,
                lambda: self.interruption.asked,
            )


def changed_addresses(outcomes: Iterable[Outcome]) -> set[str]:
    """The connectors that were changed and still exist."""
    return {
        each.operation.address
        for each in outcomes
        if each.is_done and each.operation.action in BRINGING
    }


def settling(settle_s: float) -> Visible:
    """Says why nothing happens yet."""
    seconds = duration_text(settle_s)
    return visible(f"waiting {seconds} for deliveries to former endpoints, which prove nothing")


def _redirects(outcome: Outcome) -> bool:
    """Whether deliveries to a former endpoint of the same connector may still be on their way."""
    operation = outcome.operation
    return isinstance(operation, Update) and any(
        CONFIG.covers(each.path) for each in operation.changes
    )


class _Patient:
    """Measures and syncs connectors that may have just been created (docs/api.md section 3.2)."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._reader, self._writer = Reader(client), Writer(client)

    def get_metrics(self, project_id: str, data_connector_id: str) -> Metrics:
        for times in count(1):
            try:
                return self._reader.get_metrics(project_id, data_connector_id)
            except NotFound as error:
                self._client.back_off(times, error)
        raise AssertionError("the loop returns or raises")

    def sync_data_connector(self, project_id: str, data_connector_id: str) -> None:
        for times in count(1):
            try:
                self._writer.sync_data_connector(project_id, data_connector_id)
            except NotFound as error:
                self._client.back_off(times, error)
            else:
                return


def _chosen(
    projects: Iterable[DeclaredProject], addresses: Collection[str]
) -> list[DeclaredProject]:
    """The projects with those of their connectors."""
    return [
        replace(project, connectors=connectors)
        for project in projects
        if (connectors := tuple(c for c in project.connectors if c.address in addresses))
    ]

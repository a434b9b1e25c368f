"""How each declared connector stands: live status, deliveries, and whether it is in step. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dcsync.cloud.reader import Metrics
from dcsync.errors import CloudError
from dcsync.model import Connector, Declared, DeclaredProject
from dcsync.plan import Plan
from dcsync.plan.match import match


class Drift(StrEnum):
    """What `plan` would say, in a word."""

    IN_STEP = "in step"
    DRIFTED = "drifted"
    NOT_LIVE = "not live"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Standing:
    """One declared connector; "" and None for what is not known, `trouble` says why."""

    address: str
    project_key: str
    project_id: str
    data_connector_id: str
    display_name: str
    type: str
    status: str
    drift: Drift
    changes: tuple[str, ...] = ()
    """The paths of the fields that differ."""
    metrics: Metrics | None = None
    trouble: str = ""

    @property
    def deliveries(self) -> int:
        return self.metrics.success_count + self.metrics.error_count if self.metrics else 0

    @property
    def success_rate(self) -> float | None:
        """From 0 to 1; None where nothing was delivered in the last three hours."""
        if self.metrics is None or not self.deliveries:
            return None
        return self.metrics.success_count / self.deliveries

    @property
    def latency_s(self) -> float | None:
        """The 99th percentile; None where nothing was delivered, or the API gives no time."""
        try:
            text = self.metrics.latency_99p if self.metrics and self.deliveries else ""
            return float(text.removesuffix("s"))
        except ValueError:
            return None

    @property
    def badness(self) -> tuple[int, float, str]:
        """Sorts the worst first."""
        rate = 1.0 if self.success_rate is None else self.success_rate
        ranks = (
            bool(self.trouble),
            self.drift is Drift.NOT_LIVE,
            self.status == "SYSTEM_DISABLED",
            rate < 1.0,
            self.drift is not Drift.IN_STEP,
            self.status != "ACTIVE",
        )
        rank = next((number for number, holds in enumerate(ranks) if holds), len(ranks))
        return rank, rate, self.address


Pair = tuple[DeclaredProject, Declared, Connector | None]


def pairs_of(
    projects: Sequence[DeclaredProject], live: Mapping[str, Sequence[Connector]]
) -> list[Pair]:
    """Each declared connector with its live one, None where there is none or nobody can tell."""
    found: list[Pair] = []
    for project in projects:
        matches = match(project.connectors, live.get(project.project_id, ()))
        by_address = {declared.address: connector for declared, connector in matches.pairs}
        found += [(project, each, by_address.get(each.address)) for each in project.connectors]
    return found


def stand(
    pairs: Sequence[Pair],
    plan: Plan,
    measured: Mapping[str, Metrics | CloudError],
) -> list[Standing]:
    """The standings, worst first. `measured` has the metrics by connector id."""
    planned = {each.address: each for each in plan.operations if each.address}
    problems = {each.position: each.message for each in plan.problems}
    standings = []
    for project, declared, live in pairs:
        metrics = measured.get(live.data_connector_id) if live else None
        operation = planned.get(declared.address)
        problem = problems.get(declared.position) or problems.get(project.position) or ""
        standings.append(
            Standing(
                address=declared.address,
                project_key=project.key,
                project_id=project.project_id,
                data_connector_id=live.data_connector_id if live else "",
                display_name=declared.connector.display_name,
                type=declared.connector.type,
                status=live.status if live else "",
                drift=_drift(live, bool(operation), bool(problem)),
                changes=tuple(change.path for change in operation.changes) if operation else (),
                metrics=None if isinstance(metrics, CloudError) else metrics,
                trouble=problem or (str(metrics) if isinstance(metrics, CloudError) else ""),
            )
        )
    return sorted(standings, key=lambda each: each.badness)


def _drift(live: Connector | None, is_planned: bool, is_unclear: bool) -> Drift:
    if is_unclear:
        return Drift.UNKNOWN
    if live is None:
        return Drift.NOT_LIVE
    return Drift.DRIFTED if is_planned else Drift.IN_STEP

"""The state of each declared connector: live status, deliveries, drift. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from dcsync.cloud.reader import Metrics
from dcsync.dataclass import dataclass
from dcsync.errors import CloudError
from dcsync.model import Connector, Declared, DeclaredProject
from dcsync.plan import Plan
from dcsync.plan.match import match


class Health(StrEnum):
    """The health of a declared connector in one word; worst first."""

    UNKNOWN = "UNKNOWN"
    """It could not be looked at."""
    MISSING = "MISSING"
    """Declared, and not live."""
    DISABLED = "DISABLED"
    """It delivers nothing, though the declaration does not turn it off."""
    FAILING = "FAILING"
    """Fewer than half of its deliveries succeed."""
    DEGRADED = "DEGRADED"
    """Some deliveries fail."""
    DRIFTED = "DRIFTED"
    """It differs from its declaration."""
    QUIET = "QUIET"
    """Nothing was delivered in the last three hours."""
    OK = "OK"


FAILING_BELOW = 0.5
"""The share of deliveries that has to succeed."""


class DriftState(StrEnum):
    """What `plan` would say, in one word."""

    IN_SYNC = "in sync"
    DRIFTED = "drifted"
    NOT_LIVE = "not live"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Standing:
    """One declared connector; unknown values are "" or None, and `trouble` says why."""

    address: str
    project_key: str
    project_id: str
    data_connector_id: str
    display_name: str
    type: str
    status: str
    drift: DriftState
    is_off: bool = False
    """The declaration itself turns it off."""
    changes: tuple[str, ...] = ()
    """The paths of the fields that differ."""
    metrics: Metrics | None = None
    trouble: str = ""
    project_name: str = ""
    """What the project is called, where that is known."""

    @property
    def deliveries(self) -> int:
        return self.metrics.success_count + self.metrics.error_count if self.metrics else 0

    @property
    def success_rate(self) -> float | None:
        """From 0 to 1; None if nothing was delivered in the last three hours."""
        if self.metrics is None or not self.deliveries:
            return None
        return self.metrics.success_count / self.deliveries

    @property
    def latency_s(self) -> float | None:
        """The 99th percentile; None without successful deliveries, or if the API returns none."""
        try:
            text = self.metrics.latency_99p if self.metrics and self.metrics.success_count else ""
            return float(text.removesuffix("s"))
        except ValueError:
            return None

    @property
    def conditions(self) -> tuple[Health, ...]:
        """Every condition that applies, worst first; OK if none does."""
        rate = self.success_rate
        holds = {
            Health.UNKNOWN: bool(self.trouble),
            Health.MISSING: self.drift is DriftState.NOT_LIVE,
            Health.DISABLED: self.status not in {"", "ACTIVE"} and not self.is_off,
            Health.FAILING: rate is not None and rate < FAILING_BELOW,
            Health.DEGRADED: rate is not None and FAILING_BELOW <= rate < 1,
            Health.DRIFTED: self.drift is DriftState.DRIFTED,
            Health.QUIET: rate is None and self.status == "ACTIVE" and not self.trouble,
        }
        return tuple(health for health, held in holds.items() if held) or (Health.OK,)

    @property
    def health(self) -> Health:
        """The worst condition."""
        return self.conditions[0]

    @property
    def badness(self) -> tuple[int, float, str]:
        """A sort key, worst first."""
        rate = 1.0 if self.success_rate is None else self.success_rate
        return list(Health).index(self.health), rate, self.address


MeasuredPair = tuple[DeclaredProject, Declared, Connector | None]


def pairs_of(project: DeclaredProject, live: Sequence[Connector]) -> list[MeasuredPair]:
    """Each declared connector with its live one; None if there is none, or it is unclear."""
    matches = match(project.connectors, live)
    by_address = {declared.address: connector for declared, connector in matches.pairs}
    return [(project, each, by_address.get(each.address)) for each in project.connectors]


def stand(
    pairs: Sequence[MeasuredPair],
    plan: Plan,
    measured: Mapping[str, Metrics | CloudError],
    names: Mapping[str, str],
) -> list[Standing]:
    """The standings, worst first. `measured` has the metrics by connector id, `names` display names
    by project id."""
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
                is_off=declared.connector.status == "USER_DISABLED",
                changes=tuple(str(change.path) for change in operation.changes)
                if operation
                else (),
                metrics=None if isinstance(metrics, CloudError) else metrics,
                trouble=problem or (str(metrics) if isinstance(metrics, CloudError) else ""),
                project_name=names.get(project.project_id, ""),
            )
        )
    return sorted(standings, key=lambda each: each.badness)


def _drift(live: Connector | None, is_planned: bool, is_unclear: bool) -> DriftState:
    if is_unclear:
        return DriftState.UNKNOWN
    if live is None:
        return DriftState.NOT_LIVE
    return DriftState.DRIFTED if is_planned else DriftState.IN_SYNC

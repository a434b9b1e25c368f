"""Renders the status as OpenMetrics for Prometheus. Prints nothing.

Everything is a gauge: deliveries are those of a sliding window, and the textfile collector of the
node exporter reads the older format and rejects files with the newer types.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from dcsync import __version__
from dcsync.dataclass import dataclass
from dcsync.render.words import LONGEST_LINE, Visible, block, visible
from dcsync.watch.overview import Overview, ProjectStanding
from dcsync.watch.standing import DriftState, Health, Standing

MetricLabels = Mapping[str, str]
MetricSample = tuple[MetricLabels, float]


@dataclass(frozen=True, slots=True)
class Family:
    """The samples of one name; `unit` is the suffix of the name, if any."""

    name: str
    help: str
    samples: Iterable[MetricSample]
    unit: str = ""

    def lines(self) -> Iterator[str]:
        yield f"# TYPE {self.name} gauge"
        if self.unit:
            yield f"# UNIT {self.name} {self.unit}"
        yield f"# HELP {self.name} {self.help}"
        for labels, number in dict(_by_text(self.samples)).items():
            yield f"{self.name}{labels} {_number(number)}"


def render(overview: Overview, now: datetime) -> Visible:
    """Every family, and the end marker; `now` is the time of the status."""
    families = (*_of_run(now), *_of_projects(overview.projects), *_of(overview.connectors))
    lines = [line for family in families for line in family.lines()]
    return block("\n".join([*lines, "# EOF"]))


def _of_run(now: datetime) -> Iterator[Family]:
    yield Family(
        "dcsync_build_info", "Build information about dcsync.", [({"version": __version__}, 1)]
    )
    yield Family(
        "dcsync_status_timestamp_seconds",
        "Unix time of the status in seconds.",
        [({}, now.timestamp())],
        unit="seconds",
    )


def _of_projects(projects: Sequence[ProjectStanding]) -> Iterator[Family]:
    yield Family(
        "dcsync_project_up",
        "Whether the project's connectors could be listed (1 or 0).",
        [(_project(each), each.is_seen) for each in projects],
    )
    yield Family(
        "dcsync_project_info",
        "Information about the project: its display name.",
        [({**_project(each), "display_name": each.name}, 1) for each in projects if each.name],
    )
    yield Family(
        "dcsync_project_connectors",
        "Number of live connectors in the project, declared or not.",
        [(_project(each), each.live) for each in projects if each.live is not None],
    )
    yield Family(
        "dcsync_project_connectors_limit",
        "Maximum number of connectors in the project.",
        [(_project(each), each.quota) for each in projects],
    )


def _of(standings: Sequence[Standing]) -> Iterator[Family]:
    measured = [(each, each.metrics) for each in standings if each.metrics]
    yield Family(
        "dcsync_connector_info",
        "Information about the declared connector and its live counterpart.",
        [(_info(each), 1) for each in standings],
    )
    yield Family(
        "dcsync_connector_up",
        "Whether the connector is live and ACTIVE, or disabled as declared (1 or 0).",
        [(_connector(each), is_up(each)) for each in standings],
    )
    yield Family(
        "dcsync_connector_health",
        "Health of the connector: 1 for its worst condition, 0 for all others.",
        [
            ({**_connector(each), "health": health.lower()}, health is each.health)
            for each in standings
            for health in Health
        ],
    )
    yield Family(
        "dcsync_connector_drift",
        "Whether the connector differs from its declaration or is not live (1 or 0).",
        [
            (_connector(each), each.drift is not DriftState.IN_SYNC)
            for each in standings
            if each.drift is not DriftState.UNKNOWN
        ],
    )
    yield Family(
        "dcsync_connector_successes",
        "Successful deliveries in the last 3 hours (a sliding window).",
        [(_connector(each), metrics.success_count) for each, metrics in measured],
    )
    yield Family(
        "dcsync_connector_errors",
        "Failed deliveries in the last 3 hours (a sliding window).",
        [(_connector(each), metrics.error_count) for each, metrics in measured],
    )
    yield Family(
        "dcsync_connector_latency_p99_seconds",
        "99th percentile of the delivery latency in the last 3 hours.",
        [(_connector(each), each.latency_s) for each in standings if each.latency_s is not None],
        unit="seconds",
    )


def is_up(standing: Standing) -> bool:
    """Whether it is live and enabled, or disabled as declared."""
    return bool(standing.status) and (standing.status == "ACTIVE" or standing.is_off)


def _project(project: ProjectStanding) -> MetricLabels:
    return {"project": project.key, "project_id": project.project_id}


def _connector(standing: Standing) -> MetricLabels:
    return {"address": standing.address, "project": standing.project_key}


def _info(standing: Standing) -> MetricLabels:
    return {
        **_connector(standing),
        "project_id": standing.project_id,
        "data_connector_id": standing.data_connector_id,
        "display_name": standing.display_name,
        "type": standing.type,
        "status": standing.status,
    }


def _by_text(samples: Iterable[MetricSample]) -> Iterator[tuple[str, float]]:
    """Each set of labels once: collectors reject duplicates."""
    for labels, number in samples:
        written = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels.items() if text)
        yield f"{{{written}}}" if written else "", number


def _escaped(text: str) -> str:
    shown = visible(text, LONGEST_LINE)
    return shown.replace("\\", "\\\\").replace('"', '\\"')


def _number(number: float) -> str:
    if isinstance(number, bool | int) or (math.isfinite(number) and number.is_integer()):
        return str(int(number))
    return repr(number) if math.isfinite(number) else "NaN"

"""Selects the live connectors of a verification, and says why others are left out. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dcsync.dataclass import dataclass
from dcsync.errors import CloudError
from dcsync.model import Connector, Declared, DeclaredProject
from dcsync.plan.match import match
from dcsync.watch.evidence import Evidence, Rules, Verdict, VerdictKind
from dcsync.watch.filters import EventFilter, Interest, interest_of

OFF = "USER_DISABLED"
_NOT_DELIVERING = {
    OFF: "disabled by a user, but not in the declaration: declare `status: USER_DISABLED`, or "
    "`status: ACTIVE` and apply",
    "SYSTEM_DISABLED": "disabled by the service after days of failed deliveries: check the "
    "endpoint, then set `status: ACTIVE` and apply",
}


@dataclass(frozen=True, slots=True)
class Subjects:
    """The connectors to verify, by address, and the verdicts that are clear from the start."""

    under_test: Mapping[str, Evidence]
    decided: tuple[Verdict, ...]


def choose(
    projects: Sequence[DeclaredProject],
    listings: Mapping[str, Sequence[Connector] | CloudError],
    rules: Rules,
) -> Subjects:
    """Match each declared connector with its live one; only active ones are verified."""
    under_test: dict[str, Evidence] = {}
    decided: list[Verdict] = []
    for project in projects:
        for declared in project.connectors:
            subject = _subject(declared, listings[project.project_id], rules)
            if isinstance(subject, Evidence):
                under_test[declared.address] = subject
            else:
                decided.append(subject)
    return Subjects(under_test, tuple(decided))


def interests_of(
    projects: Sequence[DeclaredProject], under_test: Mapping[str, Evidence]
) -> dict[str, list[Interest]]:
    """What each connector delivers: its labels do not select devices."""
    interests = {
        project.project_id: [
            interest_of(declared, EventFilter(all_devices=True))
            for declared in project.connectors
            if declared.address in under_test
        ]
        for project in projects
    }
    return {project_id: each for project_id, each in interests.items() if each}


def in_order(projects: Sequence[DeclaredProject], verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The verdicts in file order."""
    by_address = {each.address: each for each in verdicts}
    return [by_address[each.address] for project in projects for each in project.connectors]


def _subject(
    declared: Declared, listing: Sequence[Connector] | CloudError, rules: Rules
) -> Evidence | Verdict:
    project_id = declared.connector.project_id

    def decide(outcome: VerdictKind, reason: str, data_connector_id: str = "") -> Verdict:
        return Verdict(declared.address, project_id, data_connector_id, outcome, reason)

    if isinstance(listing, CloudError):
        return decide(VerdictKind.FAILED, f"the project cannot be listed: {listing}")
    matches = match([declared], listing)
    if matches.problems:
        return decide(VerdictKind.FAILED, matches.problems[0].message)
    ((_, live),) = matches.pairs
    if live is None:
        return decide(VerdictKind.FAILED, "not live: 'dcsync apply' creates it")
    if declared.connector.status == OFF:
        return decide(VerdictKind.SKIPPED, f"declared {OFF}", live.data_connector_id)
    if live.status != "ACTIVE":
        reason = _NOT_DELIVERING.get(live.status, f"its status is {live.status}")
        return decide(VerdictKind.FAILED, reason, live.data_connector_id)
    return Evidence(declared.address, project_id, live.data_connector_id, rules)

"""The table of checks: each is one function from facts to findings. Pure.

They are ordered so that causes come before their effects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from dcsync.doctor import of_cloud, of_deliveries, of_files, of_projects
from dcsync.doctor.facts import Facts
from dcsync.doctor.findings import Finding, not_seen, worst_first

Check = Callable[[Facts], Iterable[Finding]]

ROWS: dict[str, Check] = {
    "declarations": of_files.declarations,
    "references": of_files.references,
    "rules": of_files.rules,
    "credentials": of_cloud.credentials,
    "network": of_cloud.network,
    "proxy": of_cloud.proxy,
    "ca": of_cloud.certificate_authority,
    "api": of_cloud.api,
    "clock": of_cloud.clock,
    "token": of_cloud.token,
    "project": of_projects.visibility,
    "permissions": of_projects.permissions,
    "quota": of_projects.quota,
    "git": of_files.git,
    "dns": of_deliveries.dns,
    "endpoint": of_deliveries.endpoint,
    "certificate": of_deliveries.certificate,
    "probe": of_deliveries.probe,
}
OFFLINE = ("declarations", "references", "rules", "credentials", "network", "git")
"""The checks that need no network."""


def examine(facts: Facts) -> tuple[Finding, ...]:
    """Every check's findings, the worst first."""
    names = OFFLINE if facts.is_offline else tuple(ROWS)
    findings = [finding for name in names for finding in ROWS[name](facts)]
    skipped = [
        not_seen(name, "--offline: checks that need the network are skipped")
        for name in ROWS
        if name not in names and name != "probe"
    ]
    return worst_first([*findings, *skipped], tuple(ROWS))

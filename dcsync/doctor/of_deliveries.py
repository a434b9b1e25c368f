"""Checks of the connectors' endpoints: name, connection, certificate, a sample event. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from dcsync.doctor.facts import Destination, Facts, Sample
from dcsync.doctor.findings import Finding, broken, counted, not_seen, ok, warning

SOON_DAYS = 21.0
"""Automatic renewal happens earlier."""
SLOW_S = 5.0
"""Half of the time that a receiver has (docs/api.md section 9.3)."""
_MOST_NAMED = 3


def dns(facts: Facts) -> Iterator[Finding]:
    """Whether each endpoint's name resolves."""
    yield from _ended_at(facts, "dns", "dns")


def endpoint(facts: Facts) -> Iterator[Finding]:
    """Whether each accepts connections from this machine."""
    yield from _ended_at(facts, "endpoint", "connect")
    for each in facts.endpoints:
        if each.skipped:
            yield not_seen("endpoint", each.skipped, subject(each))
        elif each.stage not in ("dns", "connect"):
            yield ok("endpoint", "accepts connections", subject(each))


def certificate(facts: Facts) -> Iterator[Finding]:
    """Whether the cloud trusts each certificate, and for how long."""
    yield from _ended_at(facts, "certificate", "certificate")
    yield from _ended_at(facts, "certificate", "tls")
    for each in facts.endpoints:
        if each.days_left is None or each.stage:
            continue
        issuer = f", by {each.issuer}" if each.issuer else ""
        evidence = f"valid for {_days(each.days_left)}{issuer}"
        if each.days_left < SOON_DAYS:
            remedy = "renew it: the cloud does not deliver to expired certificates"
            yield warning("certificate", evidence, remedy, subject(each))
        else:
            yield ok("certificate", evidence, subject(each))


def probe(facts: Facts) -> Iterator[Finding]:
    """How each connector's endpoint responded to a sample event."""
    yield from map(_of_sample, facts.samples)


def subject(found: Destination) -> str:
    """The host and its connectors."""
    shown = ", ".join(found.addresses[:_MOST_NAMED])
    more = len(found.addresses) - _MOST_NAMED
    return f"{found.place} ({shown}{f' and {more} more' if more > 0 else ''})"


def _ended_at(facts: Facts, check: str, stage: str) -> Iterator[Finding]:
    for each in facts.endpoints:
        if each.stage == stage:
            yield broken(check, each.trouble, each.remedy, subject(each))


def _days(left: float) -> str:
    return counted(int(left), "day")


def _of_sample(sample: Sample) -> Finding:
    took = f"{sample.seconds * 1000:.0f} ms"
    if sample.skipped:
        return not_seen("probe", sample.skipped, sample.address)
    if not sample.status:
        remedy = "start the server; see the checks of its name and its certificate"
        return broken("probe", f"no response: {sample.trouble}", remedy, sample.address)
    if 200 <= sample.status < 300:
        if sample.seconds > SLOW_S:
            remedy = "respond first and process later: the cloud waits for 10 s"
            return warning("probe", f"{sample.status} in {took}", remedy, sample.address)
        return ok("probe", f"{sample.status} in {took}", sample.address)
    return broken("probe", f"{sample.status} in {took}", _remedy_of(sample.status), sample.address)


def _remedy_of(status: int) -> str:
    match status:
        case 401 | 403:
            return "compare the signature secret and headers with what the endpoint expects"
        case 404 | 405 | 410:
            return "correct the path in config.url"
        case _ if 300 <= status < 400:
            return "set config.url to the final URL: redirects are not followed"
        case _ if status >= 500:
            return "see the endpoint's own log"
        case _:
            return "any response but 2xx counts as a failed delivery: see the endpoint's own log"

"""Estimates how much there is to deliver, from the newest page of history of a few devices."""

from __future__ import annotations

from itertools import islice

from dcsync.backfill.ledger import Ledger
from dcsync.backfill.past import HistoryPages, read
from dcsync.backfill.running import Job
from dcsync.cloud.reader import HISTORY_PAGE
from dcsync.dataclass import dataclass
from dcsync.errors import NotFound

SAMPLES = 5
CALLS_A_SECOND = 5.0
"""The API's budget: 25 calls in 5 seconds (docs/api.md section 3.2)."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Of one connector. `events` is exact if all devices were read and none had more."""

    address: str
    url: str
    devices: int
    events: int
    sampled: int
    is_exact: bool

    @property
    def calls(self) -> int:
        """One call per device, and one per thousand events."""
        return self.devices + self.events // HISTORY_PAGE

    @property
    def seconds(self) -> float:
        """A lower bound, at the API's rate limit."""
        return self.calls / CALLS_A_SECOND


def estimate(archive: HistoryPages, job: Job, ledger: Ledger) -> Estimate:
    """From up to `SAMPLES` devices, evenly chosen, one call each. CloudError."""
    waiting = [
        each for each in job.devices if not ledger.position((job.address, each.device_id)).is_done
    ]
    most = min(SAMPLES, len(waiting))
    chosen = [waiting[number * len(waiting) // most] for number in range(most)]
    counts = [_count(archive, job, each.device_id, ledger) for each in chosen]
    found = sum(count for count, _ in counts)
    events = round(found * len(waiting) / len(chosen)) if chosen else 0
    is_exact = len(chosen) == len(waiting) and all(is_whole for _, is_whole in counts)
    return Estimate(job.address, job.url, len(waiting), events, len(chosen), is_exact)


def _count(archive: HistoryPages, job: Job, device_id: str, ledger: Ledger) -> tuple[int, bool]:
    """One device's events, and whether that is all of them."""
    position = ledger.position((job.address, device_id))
    until_s = ledger.span.until_s
    past = read(archive, job.project_id, device_id, job.event_types, position.at_s, until_s)
    try:
        newest = list(islice(past, HISTORY_PAGE))
    except NotFound:  # it has left since the listing: said where its events would be delivered
        return 0, True
    if len(newest) < HISTORY_PAGE:
        return sum(not position.covers(each.at_s, each.event_id) for each in newest), True
    covered_s = max(until_s - min(each.at_s for each in newest), 1e-6)
    return round(len(newest) * max((until_s - position.at_s) / covered_s, 1.0)), False

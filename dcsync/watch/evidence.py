"""Evidence about a connector under verification, and the verdict. Pure.

Metrics cover a sliding window of three hours (docs/api.md section 4.4), so counts also fall:
increases are added up, decreases ignored.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from enum import StrEnum

from dcsync.cloud.reader import Metrics
from dcsync.dataclass import dataclass, field


class VerdictKind(StrEnum):
    """Worst first."""

    FAILED = "failed"
    QUIET = "quiet"
    SKIPPED = "skipped"
    PASSED = "passed"


@dataclass(frozen=True, slots=True)
class Rules:
    """When a connector passes."""

    min_events: int = 1
    is_synced: bool = False
    """Deliveries were triggered: then they are proof enough."""
    is_watched: bool = True
    """Events are watched; else nothing is said of them."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result for one declared connector; `data_connector_id` is "" if it is not live."""

    address: str
    project_id: str
    data_connector_id: str
    outcome: VerdictKind
    reason: str
    events: int = 0
    successes: int = 0
    errors: int = 0


@dataclass(slots=True)
class Evidence:
    """What was seen of one connector under verification."""

    address: str
    project_id: str
    data_connector_id: str
    rules: Rules
    events: int = 0
    successes: int = 0
    errors: int = 0
    trouble: str = ""
    """Why it cannot be verified."""
    unseen: dict[str, str] = field(default_factory=lambda: {"deliveries": "there was no time"})
    """What could not be looked at last (`events`, `deliveries`), and why."""
    _last: Metrics | None = None

    def measure(self, metrics: Metrics) -> None:
        """The first measurement is the baseline; later ones count as far as they increase."""
        if self._last is not None:
            self.successes += max(metrics.success_count - self._last.success_count, 0)
            self.errors += max(metrics.error_count - self._last.error_count, 0)
            self.unseen.pop("deliveries", None)
        self._last = metrics

    @property
    def has_passed(self) -> bool:
        if self.trouble:
            return False
        if self.rules.is_synced:
            return self.successes > 0
        return self.events >= self.rules.min_events and self.successes > 0 and not self.errors

    @property
    def is_settled(self) -> bool:
        """Whether waiting longer cannot change the verdict or add information."""
        if self.has_passed or self.trouble:
            return True
        return not self.rules.is_synced and self.errors > 0 and self.events >= self.rules.min_events

    def verdict(self, waited: str) -> Verdict:
        """The verdict after waiting this long, with its reason."""
        outcome, reason = self._judge(waited)
        return Verdict(
            self.address,
            self.project_id,
            self.data_connector_id,
            outcome,
            reason,
            self.events,
            self.successes,
            self.errors,
        )

    def _judge(self, waited: str) -> tuple[VerdictKind, str]:
        if self.trouble:
            return VerdictKind.FAILED, self.trouble
        if self.has_passed:
            return VerdictKind.PASSED, self._account()
        if not (self.events or self.successes or self.errors):
            if unseen := self._unseen():
                return VerdictKind.FAILED, f"nothing is proven: {unseen}"
            cure = (
                "the devices have sent nothing" if self.rules.is_synced else "--sync triggers some"
            )
            return VerdictKind.QUIET, f"no event and no delivery in {waited}: {cure}"
        return VerdictKind.FAILED, f"{self._account()}: {self._cure()}"

    def _unseen(self) -> str:
        """Why silence proves nothing, or ""; after a sync, deliveries alone count."""
        wanted = ("deliveries",) if self.rules.is_synced else ("events", "deliveries")
        return "; ".join(
            f"its {what} could not be read: {self.unseen[what]}"
            for what in wanted
            if what in self.unseen
        )

    def _account(self) -> str:
        seen = f"{_plural(self.events, 'event')} seen, " if self.rules.is_watched else ""
        responses = f"endpoint responded with 2xx {_plural(self.successes, 'time')}"
        return f"{seen}{responses}, {_plural(self.errors, 'error')}"

    def _cure(self) -> str:
        if self.errors:
            return "check the endpoint"
        if not self.successes:
            return "nothing was delivered in time; check the endpoint, or raise --timeout"
        return f"--min-events requires {self.rules.min_events}"


def is_proven(verdicts: Iterable[Verdict], *, allow_quiet: bool) -> bool:
    """Whether everything that should deliver was seen to; no verdicts prove nothing."""
    outcomes = {each.outcome for each in verdicts}
    if allow_quiet:
        return VerdictKind.FAILED not in outcomes
    return outcomes.isdisjoint({VerdictKind.FAILED, VerdictKind.QUIET}) and not _is_empty(outcomes)


def _is_empty(outcomes: Set[VerdictKind]) -> bool:
    return outcomes <= {VerdictKind.SKIPPED}


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"

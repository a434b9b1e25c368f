"""Results of deliveries: a connector's metrics, how long it has failed, and the log."""

from __future__ import annotations

from collections import deque

from dcsync.dataclass import dataclass
from dcsync.emulator.identifiers import new_id
from dcsync.emulator.pushing.push import PushResult
from dcsync.emulator.state import State
from dcsync.emulator.wire import Json

_MOST_ATTEMPTS = 10_000
_FAILING = "failing_since"


@dataclass(frozen=True, slots=True)
class Attempt:
    """An entry of the delivery log."""

    connector_id: str
    event_id: str
    attempt: int
    status: int
    problem: str
    time: float
    latency_s: float


class Outcomes:
    """Guarded by the world's lock."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.attempts: deque[Attempt] = deque(maxlen=_MOST_ATTEMPTS)

    def note(self, connector_id: str, tried: Json, outcome: PushResult) -> None:
        """Record an attempt; `tried` is the delivery including this attempt."""
        now, store = self._state.clock.now(), self._state.store
        self.attempts.append(
            Attempt(
                connector_id,
                tried["event_id"],
                tried["attempts"],
                outcome.status,
                outcome.problem,
                now,
                outcome.latency_s,
            )
        )
        noted = {"time": now, "ok": outcome.ok, "latency_s": round(outcome.latency_s, 3)}
        store.outcomes.put(new_id(now), noted, connector_id)
        self._expire(connector_id)
        if outcome.ok:
            self.forgive(connector_id)
        elif store.settings.get(connector_id, _FAILING) is None:
            store.settings.put(connector_id, {"time": now}, _FAILING)

    def add(self, connector_id: str, *, ok: int, failed: int, latency_s: float) -> None:
        """Add deliveries to the metrics without making any, for tests of metrics."""
        now = self._state.clock.now()
        for number in range(ok + failed):
            outcome = {"time": now, "ok": number < ok, "latency_s": latency_s}
            self._state.store.outcomes.put(new_id(now), outcome, connector_id)

    def forgive(self, connector_id: str) -> None:
        """Forget how long the connector has failed."""
        self._state.store.settings.remove(connector_id, _FAILING)

    def failed_for_s(self, connector_id: str) -> float:
        """How long there have been failures without a success; 0 if there are none."""
        since = self._state.store.settings.get(connector_id, _FAILING)
        return self._state.clock.now() - float(since["time"]) if since else 0.0

    def metrics(self, connector_id: str) -> Json:
        """Counts and the 99th percentile of the window (docs/api.md section 4.4)."""
        self._expire(connector_id)
        outcomes = list(self._state.store.outcomes.of(connector_id).values())
        good = sum(outcome["ok"] for outcome in outcomes)
        p99 = _percentile_99([outcome["latency_s"] for outcome in outcomes])
        return {
            "successCount": good,
            "errorCount": len(outcomes) - good,
            "latency99p": f"{p99:.3f}".rstrip("0").rstrip(".") + "s",
        }

    def _expire(self, connector_id: str) -> None:
        outcomes = self._state.store.outcomes
        oldest = self._state.clock.now() - self._state.switches.metrics_window_s
        of_connector = outcomes.of(connector_id)
        while of_connector:
            key = next(iter(of_connector))
            if of_connector[key]["time"] > oldest:
                return
            outcomes.remove(key, connector_id)


def _percentile_99(values: list[float]) -> float:
    """The smallest value that 99 of 100 do not exceed; 0 without values."""
    if not values:
        return 0.0
    rank = -(-len(values) * 99 // 100)
    return sorted(values)[rank - 1]

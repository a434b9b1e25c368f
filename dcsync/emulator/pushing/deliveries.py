"""The delivery queue of each Data Connector: what is due, results, retries.

Workers push outside the cloud's lock; everything else here runs inside it.
"""

from __future__ import annotations

import heapq
import itertools
import threading
from collections import deque

from dcsync.emulator.identifiers import new_id
from dcsync.emulator.pushing.delivery_request import request_of
from dcsync.emulator.pushing.outcomes import Outcomes
from dcsync.emulator.pushing.push import Pusher, PushResult
from dcsync.emulator.state import State
from dcsync.emulator.telemetry import events
from dcsync.emulator.wire import Json, encode


class Deliveries:
    """All queues. A queue has a worker thread only while something in it is due."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._changed = threading.Condition(state.lock)
        self._schedule: list[tuple[float, int, str, str]] = []
        self._numbers = itertools.count()
        self._ready: dict[str, deque[str]] = {}
        self._working: dict[str, int] = {}
        self._stopped = False
        self._workers: dict[threading.Thread, Pusher] = {}
        self.outcomes = Outcomes(state)
        for connector_id, delivery_id, delivery in state.store.deliveries.items():
            self._plan(delivery["due"], connector_id, delivery_id)

    def add(self, connector: Json, event: Json, device: Json) -> None:
        """Queue an event for a connector, due now."""
        state = self._state
        if connector["type"] != "HTTP_PUSH" and state.switches.cloud_type_deliveries == "none":
            return
        now = state.clock.now()
        connector_id = connector["name"].rpartition("/")[2]
        delivery = {
            "name": connector["name"],
            "body": encode(events.pushed(event, device, connector["labels"])).decode(),
            "event_id": event["eventId"],
            "secret": connector.get("httpConfig", {}).get("signatureSecret", ""),
            "created": now,
            "due": now,
            "attempts": 0,
        }
        copies = 2 if state.random.random() < state.switches.duplicate_deliveries else 1
        for _ in range(copies):
            delivery_id = new_id(now)
            state.store.deliveries.put(delivery_id, delivery, connector_id)
            self._make_ready(connector_id, delivery_id)

    def forget(self, connector_id: str) -> None:
        """Drop a connector's queue and its failure record."""
        self._state.store.deliveries.drop(connector_id)
        self.outcomes.forgive(connector_id)
        self._ready.pop(connector_id, None)
        self._changed.notify_all()

    def forget_all(self, connector_id: str) -> None:
        """Also drop the metrics, because the connector was deleted."""
        self.forget(connector_id)
        self._state.store.outcomes.drop(connector_id)

    def run(self) -> None:
        """Start due deliveries until `stop`. Runs in its own thread."""
        with self._changed:
            while not self._stopped:
                now = self._state.clock.now()
                while self._schedule and self._schedule[0][0] <= now:
                    _, _, connector_id, delivery_id = heapq.heappop(self._schedule)
                    self._make_ready(connector_id, delivery_id)
                until = self._schedule[0][0] if self._schedule else None
                self._state.clock.wait(self._changed, until)

    def stop(self) -> None:
        """Stop `run` and every worker, aborting current pushes."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
            workers = dict(self._workers)
        for pusher in workers.values():
            pusher.abort()
        for thread in workers:
            thread.join(1)

    def wait_idle(self, timeout_s: float) -> bool:
        """Wait, in real time, until nothing is due and no push is in progress."""
        with self._changed:
            return self._changed.wait_for(self._is_idle, timeout_s)

    def _is_idle(self) -> bool:
        now = self._state.clock.now()
        due = self._schedule and self._schedule[0][0] <= now
        return not due and not self._working and not any(self._ready.values())

    def _plan(self, due: float, connector_id: str, delivery_id: str) -> None:
        heapq.heappush(self._schedule, (due, next(self._numbers), connector_id, delivery_id))

    def _make_ready(self, connector_id: str, delivery_id: str) -> None:
        self._ready.setdefault(connector_id, deque()).append(delivery_id)
        working = self._working.get(connector_id, 0)
        if working < self._state.switches.delivery_concurrency and not self._stopped:
            self._working[connector_id] = working + 1
            pusher = Pusher(self._state.switches)
            thread = threading.Thread(target=self._work, args=(connector_id, pusher), daemon=True)
            self._workers[thread] = pusher
            thread.start()

    def _work(self, connector_id: str, pusher: Pusher) -> None:
        """Push what is due, then end."""
        while (taken := self._take(connector_id)) is not None:
            delivery_id, connector, delivery = taken
            outcome = self._try(pusher, connector, delivery)
            with self._changed:
                if not self._stopped:
                    self._settle(connector_id, delivery_id, outcome)
                    self._state.store.commit()
        pusher.close()
        with self._changed:
            del self._workers[threading.current_thread()]

    def _take(self, connector_id: str) -> tuple[str, Json, Json] | None:
        """The next due delivery; None, and this worker no longer counts, if there is none."""
        with self._changed:
            ready = self._ready.get(connector_id, deque())
            while ready and not self._stopped:
                delivery_id = ready.popleft()
                delivery = self._state.store.deliveries.get(delivery_id, connector_id)
                connector = delivery and self._connector(delivery)
                if delivery and connector:
                    return delivery_id, connector, delivery
            self._working[connector_id] -= 1
            if not self._working[connector_id]:
                del self._working[connector_id]
                self._ready.pop(connector_id, None)
            self._changed.notify_all()
            return None

    def _connector(self, delivery: Json) -> Json | None:
        _, project_id, _, connector_id = delivery["name"].split("/")
        return self._state.store.connectors.get(connector_id, project_id)

    def _try(self, pusher: Pusher, connector: Json, delivery: Json) -> PushResult:
        if connector["type"] == "HTTP_PUSH":
            status = self._state.endpoint_outages.hit(connector["httpConfig"]["url"])
            if status is not None:
                return PushResult(status, 0.0, "made to fail")
            return pusher.push(request_of(self._state, connector, delivery))
        works = self._state.switches.cloud_type_deliveries == "succeed"
        return PushResult(200, 0.0) if works else PushResult(0, 0.0, "made to fail")

    def _settle(self, connector_id: str, delivery_id: str, outcome: PushResult) -> None:
        """Record the result of a push, and schedule the retry of a failed one."""
        store, switches = self._state.store, self._state.switches
        now = self._state.clock.now()
        delivery = store.deliveries.get(delivery_id, connector_id)
        if delivery is None:
            return
        tried = {**delivery, "attempts": delivery["attempts"] + 1}
        self.outcomes.note(connector_id, tried, outcome)
        too_long_s = switches.scaled(switches.auto_disable_s)
        expired = now >= delivery["created"] + switches.scaled(switches.delivery_retention_s)
        if not outcome.ok and self.outcomes.failed_for_s(connector_id) >= too_long_s:
            self._disable(delivery)
        elif outcome.ok or expired:
            store.deliveries.remove(delivery_id, connector_id)
        else:
            due = now + self._wait_s(tried["attempts"], outcome)
            store.deliveries.put(delivery_id, {**tried, "due": due}, connector_id)
            self._plan(due, connector_id, delivery_id)
            self._changed.notify_all()

    def _wait_s(self, attempts: int, outcome: PushResult) -> float:
        """The time until the next attempt: exponential, or as requested by the endpoint."""
        switches = self._state.switches
        if switches.heed_retry_after and outcome.retry_after_s:
            return outcome.retry_after_s
        growth = switches.backoff_factor ** min(attempts - 1, 64)
        wait_s = min(switches.backoff_first_s * growth, switches.backoff_max_s)
        jitter = 1 + self._state.random.random() * switches.backoff_jitter
        return switches.scaled(wait_s * jitter)

    def _disable(self, delivery: Json) -> None:
        _, project_id, _, connector_id = delivery["name"].split("/")
        connector = self._state.store.connectors.get(connector_id, project_id)
        if connector is not None:
            disabled = {**connector, "status": "SYSTEM_DISABLED"}
            self._state.store.connectors.put(connector_id, disabled, project_id)
        self.forget(connector_id)
